import { MullamaError } from "../errors.js";

/** A file is another one than when its host was asked about it: that has to be asked again. Code `DOWNLOAD_FAILED`. */
export class FileChanged extends MullamaError {
  constructor(message: string) {
    super("DOWNLOAD_FAILED", message);
  }
}
