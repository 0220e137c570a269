import { spawnSync } from "node:child_process";

/** Templates in the style of well-known models, conversations, and what Go makes of them. */
export const goTemplates = "test/models/modelfile/go-templates";

/** What Go's own text/template makes of the templates, as JSON. */
export function renderWithGo(): string {
  const { status, stdout, stderr } = spawnSync("go", ["run", `${goTemplates}/render.go`, goTemplates], {
    encoding: "utf8",
    env: { ...process.env, GO111MODULE: "off", GOFLAGS: "" },
  });
  if (status !== 0) throw new TypeError(`go run failed: ${stderr}`);
  return stdout;
}
