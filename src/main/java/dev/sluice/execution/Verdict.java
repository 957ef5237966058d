package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * What the client's program did.
 *
 * @param runtime the language and version that ran it
 * @param compile how its compilation ended, where the language has one
 * @param run how its run ended; after a failed compilation the same as {@code compile}
 */
public record Verdict(LanguageRuntime runtime, @Nullable StageResult compile, StageResult run) {
}
