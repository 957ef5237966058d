package dev.sluice.engine;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an engine does with the folders of others.
 */
class FoldersTests {

	@TempDir
	private Path parent;

	@Test
	void onlyWhatAKilledEngineLeftIsRemoved() throws Exception {
		Path mine = Folders.create(this.parent, Privilege.NONE);
		String pid = Long.toString(ProcessHandle.current().pid());
		Process ended = new ProcessBuilder("true").start();
		ended.waitFor();
		String gone = Long.toString(ended.pid());
		Path left = Files.createDirectory(this.parent.resolve(mine.getFileName().toString().replace(pid, gone)));
		Files.writeString(left.resolve("file"), "left");
		Path another = Files.createDirectory(this.parent.resolve("sluice-engine-1-" + gone + "-x"));
		Path next = Folders.create(this.parent, Privilege.NONE);
		assertThat(left).doesNotExist();
		assertThat(this.parent).isDirectoryContaining(mine::equals)
			.isDirectoryContaining(next::equals)
			.isDirectoryContaining(another::equals);
	}

}
