import { render } from "preact";
import { App } from "./app.js";
import { readConversations } from "./data/conversations.js";
import { watchModels } from "./server/models.js";

const page = document.getElementById("page");
if (page !== null) {
  await readConversations();
  render(<App />, page);
  void watchModels();
}
