/** An expression whose machine would have too many states. */
export class TooComplexError extends Error {
  constructor() {
    super("it is too complex");
  }
}
