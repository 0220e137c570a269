/** How llama.cpp names the files of a split model. */
import { checkInteger, checkText } from "./check.js";
import { api } from "./library.js";

const MOST_FILES = 99_999;

/** The path of one file (`llama_split_path`). @param number from 0 */
export function splitPath(prefix: string, number: number, count: number): string {
  checkText("prefix", prefix);
  checkInteger("count", count, 1, MOST_FILES);
  checkInteger("number", number, 0, count - 1);
  const buffer = new Uint8Array(Buffer.byteLength(prefix) + 64);
  const length = api().llama_split_path(buffer, buffer.length, prefix, number, count);
  return new TextDecoder().decode(buffer.subarray(0, length));
}

/** The prefix of a file's path, if it is file `number` of `count` (`llama_split_prefix`); undefined otherwise. */
export function splitPrefix(path: string, number: number, count: number): string | undefined {
  checkText("path", path);
  checkInteger("count", count, 1, MOST_FILES);
  checkInteger("number", number, 0, count - 1);
  const buffer = new Uint8Array(Buffer.byteLength(path) + 1);
  const length = api().llama_split_prefix(buffer, buffer.length, path, number, count);
  return length <= 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
}
