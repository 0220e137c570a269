import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSource } from "../../../src/models/parse-source.js";
import { requireRemoteName } from "../../../src/server/ollama/store/remote-name.js";

/** Names that would have the server connect to a machine of the client's choice, or read one of its own files. */
const names = [
  "http://[::1]/x.gguf",
  "http://[::ffff:127.0.0.1]/x.gguf",
  "http://2130706433/x.gguf",
  "http://0x7f.1/x.gguf",
  "http://0177.0.0.1/x.gguf",
  "https://user:secret@example.org/x.gguf",
  "file://localhost/etc/passwd",
  "ftp://127.0.0.1/x.gguf",
  "//127.0.0.1/x.gguf",
  "127.0.0.1/ns/model",
  "localhost/ns/model",
  "[::1]/ns/model",
  "2130706433/ns/model:tag",
  "hf.co@127.0.0.1/a/b",
  "hf.co:80@127.0.0.1/a/b",
  "hf.co/../../127.0.0.1",
  "hf.co/a/b/../../c",
  "ollama:127.0.0.1:80/ns/model",
  "ollama:../../x",
  "docker:127.0.0.1/ns/model",
  "hf:../../etc:x.gguf",
  "hf:org/repo:../../x.gguf",
  "hf:org/../..:x.gguf",
  "hf:http://127.0.0.1/x.gguf",
  "hf:@127.0.0.1/x:y.gguf",
  "hf:org/repo:x.gguf\r\nHost: evil",
  "pip:http://127.0.0.1/x.gguf",
  "pip:x@http://127.0.0.1/y.gguf",
  "npm:http://127.0.0.1/x.gguf",
  "npm:x@http://127.0.0.1/y.gguf",
  "npm:x@file:/etc/passwd",
  "npm:x@git+ssh://127.0.0.1/x",
  "npm:../x",
  "npm:x@1.0.0/../../y.gguf",
];

describe("a name that a client has fetched", () => {
  for (const name of names) {
    it(`leads to no machine of its choice: ${JSON.stringify(name)}`, () => {
      // One that passes the first gate must mean nothing at the second.
      try {
        requireRemoteName(name);
      } catch {
        return;
      }
      assert.equal(parseSource(name), undefined);
    });
  }

  it("may look like an address where its source has a host of its own", () => {
    for (const name of ["ollama:localhost/model", "hf:127.0.0.1/x:y.gguf"]) {
      requireRemoteName(name);
      assert.match(parseSource(name)?.kind ?? "", /^(hf|ollama)$/);
    }
  });
});
