/** A bound C function. It is resolved in its library at the first call. */
export interface NativeFunction<Arguments extends readonly unknown[], Result> {
  (...args: Arguments): Result;
  /** Runs the call on a pool thread. The arguments must stay untouched until the callback. */
  async(...args: [...Arguments, (error: Error | null, result: Result) => void]): void;
}

/** The functions of one header, in the notation of `types.ts`: result first, then the parameters. */
export interface FunctionTable {
  readonly header: string;
  readonly library: string;
  readonly signatures: Readonly<Record<string, readonly string[]>>;
  readonly deprecated: readonly string[];
  /** Functions of the header that are not bound, with the reason. */
  readonly unbound: Readonly<Record<string, string>>;
}

/** The fields of a struct; a nested object is an unnamed union. */
export interface StructLayout {
  readonly [field: string]: string | StructLayout;
}
