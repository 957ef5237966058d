package dev.sluice.engine;

import java.nio.file.Path;
import java.util.List;

import dev.sluice.execution.Stage;

/**
 * All namespaces, made by unshare: no network, no other process to be seen, private
 * temporary folders of bounded size. The machine's files stay visible.
 */
final class Namespaces implements Sandbox {

	/**
	 * Runs inside the new namespaces, with the capabilities that mounting takes, and
	 * gives them up. The program's folder is the working directory, which stays reachable
	 * when /tmp is covered.
	 */
	private static final String MOUNTS = """
			mount -t tmpfs -o size=$1,mode=1777,nosuid,nodev tmpfs /tmp || exit 125
			for folder in /var/tmp /dev/shm; do
			    if [ -d $folder ]; then
			        mount -t tmpfs -o size=$1,mode=1777,nosuid,nodev tmpfs $folder || exit 125
			    fi
			done
			echo 0 2>/dev/null >/proc/sys/user/max_user_namespaces
			eval "$2"
			cd /tmp/box || exit 125
			shift 2
			exec setpriv --bounding-set -all --ambient-caps -all --inh-caps -all "$@\"""";

	private static final String COMPILES = "mkdir /tmp/box && mount --no-canonicalize --bind /proc/self/cwd /tmp/box || exit 125";

	private static final String RUNS = "cp -r . /tmp/box || exit 125";

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
		return List.of(this.root ? "can read the files of this machine that every user can"
				: "can read and write the files of the user who started this");
	}

	@Override
	public boolean launcherIsChild() {
		return true;
	}

	@Override
	public List<String> prefix(Path folder, Stage stage) {
		return List.of("unshare", "--user", "--map-user=65534", "--map-group=65534", "--keep-caps", "--mount", "--uts",
				"--ipc", "--net", "--pid", "--cgroup", "--fork", "--kill-child", "--mount-proc", "sh", "-c", MOUNTS,
				"sh", this.scratch, switch (stage) {
					case COMPILE -> COMPILES;
					case RUN -> RUNS;
				});
	}

}
