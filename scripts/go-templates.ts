/** Renders the Go templates of the tests anew: `node build/scripts/go-templates.js`. Needs Go. */
import { writeFileSync } from "node:fs";
import { goTemplates, renderWithGo } from "../test/support/go-templates.js";

writeFileSync(`${goTemplates}/rendered.json`, renderWithGo());
