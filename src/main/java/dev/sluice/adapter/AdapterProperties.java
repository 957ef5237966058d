package dev.sluice.adapter;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.sluice.settings.HttpAddress;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The adapter's settings.
 *
 * @param pistonUrl the Piston to hand executions to, such as http://127.0.0.1:2000;
 * without it programs run on this machine
 * @param pistonTimeout how long that Piston may take for an answer
 * @param maxAnswer how large its answers may be
 * @param replayTime how long a finished execution is remembered by its id, so that it
 * does not run again and its answer can be given again
 * @param replayBytes how much the answers that are kept for that may take in all; one
 * that no longer fits is forgotten, and its execution still does not run again
 * @param remembered how many executions without a kept answer are remembered, each in
 * about half a kilobyte
 * @param linger how long a repeatable execution runs on after its last caller has left, 0
 * for not at all
 * @param spoolMemory how much of what an execution writes is kept in memory, for each
 * execution that runs or is remembered with its answer; the rest goes to a file
 * @param spoolFolder where such files are made, which have no name once they are open;
 * the default is the system's folder for temporary files
 * @param input how much that is sent to an interactive program may wait for it to be read
 * @param maxInput how large a request with such input may be
 * @param cancelTime how long a cancelled program may take to end before who cancelled it
 * is told that it did not
 */
@Validated
@ConfigurationProperties("sluice.adapter")
record AdapterProperties(@Nullable @HttpAddress URI pistonUrl, @DefaultValue("220s") @Positive Duration pistonTimeout,
		@DefaultValue("64MB") @Positive DataSize maxAnswer, @DefaultValue("5m") @Positive Duration replayTime,
		@DefaultValue("64MB") @PositiveOrZero DataSize replayBytes, @DefaultValue("10000") @Min(1) int remembered,
		@DefaultValue("30s") @PositiveOrZero Duration linger, @DefaultValue("256KB") DataSize spoolMemory,
		@Nullable Path spoolFolder, @DefaultValue("64KB") DataSize input, @DefaultValue("1MB") DataSize maxInput,
		@DefaultValue("5s") @Positive Duration cancelTime) {

	private static final DataSize MOST = DataSize.ofMegabytes(1024);

	@AssertTrue(message = "must be from 0 to 1024MB")
	boolean isSpoolMemoryASize() {
		return !this.spoolMemory.isNegative() && this.spoolMemory.compareTo(MOST) <= 0;
	}

	@AssertTrue(message = "must be from 1B to 1024MB")
	boolean isInputASize() {
		return this.input.toBytes() > 0 && this.input.compareTo(MOST) <= 0;
	}

	@AssertTrue(message = "must be from 1B to 1024MB")
	boolean isMaxInputASize() {
		return this.maxInput.toBytes() > 0 && this.maxInput.compareTo(MOST) <= 0;
	}

	@AssertTrue(message = "must be a folder that can be written to")
	boolean isSpoolFolderAFolder() {
		return this.spoolFolder == null || Files.isDirectory(this.spoolFolder) && Files.isWritable(this.spoolFolder);
	}

}
