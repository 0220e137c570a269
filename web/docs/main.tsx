import { render } from "preact";
import { DocsView } from "./docs-view.js";
import { readDocument } from "./document.js";

const page = document.getElementById("docs");
if (page !== null) {
  try {
    render(<DocsView api={await readDocument()} />, page);
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch (error) {
    render(<p class="failure">The document cannot be read: {(error as Error).message}</p>, page);
  }
}
