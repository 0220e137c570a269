/**
 * The safe objects: one for each of C's, where no mistake can corrupt memory.
 *
 * @module
 */
