package dev.sluice.engine;

import java.util.List;

/**
 * All namespaces, made by unshare: no network, no other process to be seen, private
 * temporary folders of bounded size. The machine's files stay visible.
 */
final class Namespaces implements Sandbox {

	/**
	 * Runs inside the new namespaces, with the capabilities that mounting takes, and
	 * gives them up. One bounded file system serves all folders that everybody may write
	 * to, and devices are the harmless ones.
	 */
	private static final String MOUNTS = """
			mount -t tmpfs -o size=$1,mode=1777,nosuid tmpfs /tmp || exit 125
			cp -R /proc/self/fd/5/. /tmp/box && mkdir -m 1777 /tmp/.var /tmp/.shm && mkdir -m 755 /tmp/.dev /tmp/.run || exit 125
			cd /tmp/.dev || exit 125
			touch null zero full random urandom && mkdir shm && ln -s /proc/self/fd fd && ln -s fd/0 stdin &&
			    ln -s fd/1 stdout && ln -s fd/2 stderr || exit 125
			for device in null zero full random urandom; do
			    mount --bind /dev/$device $device || exit 125
			done
			mount --bind /tmp/.shm shm && mount --rbind /tmp/.dev /dev || exit 125
			if [ -d /var/tmp ]; then mount --bind /tmp/.var /var/tmp || exit 125; fi
			if [ -d /run ]; then mount --bind /tmp/.run /run || exit 125; fi
			echo 0 2>/dev/null >/proc/sys/user/max_user_namespaces
			cd /tmp/box || exit 125
			shift
			exec setpriv --bounding-set -all --ambient-caps -all --inh-caps -all "$@\"""";

	private final String scratch;

	private final boolean root;

	Namespaces(long scratch, boolean root) {
		this.scratch = Long.toString(scratch);
		this.root = root;
	}

	@Override
	public String name() {
		return "namespaces";
	}

	@Override
	public List<String> notEnforced() {
		return List.of(this.root
				? "can read the files of this machine that every user can, and call the services whose sockets are among them"
				: "can read and write the files of the user who started this, and call the services whose sockets are among them");
	}

	@Override
	public boolean hasNamespaces() {
		return true;
	}

	@Override
	public List<String> prefix() {
		return List.of("unshare", "--user", "--map-user=65534", "--map-group=65534", "--keep-caps", "--mount", "--uts",
				"--ipc", "--net", "--pid", "--cgroup", "--fork", "--kill-child", "--mount-proc", "sh", "-c", MOUNTS,
				"sh", this.scratch);
	}

}
