import { apis } from "./apis.js";
import { openApiDocument } from "./document.js";

let text: string | undefined;

/** The document as it is sent. */
export function documentText(): string {
  return (text ??= JSON.stringify(openApiDocument(apis)));
}
