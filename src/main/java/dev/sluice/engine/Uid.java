package dev.sluice.engine;

/**
 * A program's user id, and one beside it that only those run as who watch and end it: by
 * effect they are the program's user, and by this one it can't reach them.
 *
 * @param id the program's
 * @param guard the other
 */
record Uid(int id, int guard) {
}
