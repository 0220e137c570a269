import { type ErrorCode, MullamaError, type MullamaErrorOptions } from "../../errors.js";
import { statusOf } from "./status.js";

export interface HttpErrorOptions extends MullamaErrorOptions {
  /** The field of the request that is wrong, as its sender knows it, such as `messages.0.role`. */
  readonly param?: string | undefined;
  /** Default: what `statusOf` says of the code. */
  readonly status?: number | undefined;
  /** Headers of the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A request was refused: what its answer has to say. */
export class HttpError extends MullamaError {
  readonly status: number;
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: HttpErrorOptions = {}) {
    super(code, message, options);
    this.status = options.status ?? statusOf(code);
    this.param = options.param;
    this.headers = options.headers ?? {};
  }
}
