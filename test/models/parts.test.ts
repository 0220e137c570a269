/** Large files, which come over several connections: what hosts do wrong, and what is left after an interruption. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ModelStore, type ResolvedModel, type ResolveOptions, resolveModel } from "../../src/models/index.js";
import { FileServer } from "../support/http-files.js";
import { FakeHub } from "../support/http-hub.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const root = temporaryFolder();
let homes = 0;
const newHome = (): string => join(root, `home-${homes++}`);

const NAME = "hf:org/repo:large.gguf";
const PATH = "/org/repo/resolve/main/large.gguf";
const PART = 50_000;
const FILE = randomBytes(10 * PART - 123);
const QUICK = {
  // Long enough for a busy machine: where nothing is silent, nothing may be asked for twice.
  connectTimeout: 30_000,
  lastConnectTimeout: 30_000,
  stallTimeout: 30_000,
  backOff: 5,
  partSize: PART,
  connections: 3,
};
/** For hosts that fall silent. */
const IMPATIENT = { ...QUICK, lastConnectTimeout: 1000, stallTimeout: 1000 };
const PULL = fileURLToPath(new URL("../support/http-pull.js", import.meta.url));

async function startHub(...faults: FakeHub["faults"]): Promise<FakeHub> {
  const hub = await FakeHub.start();
  hub.files.set(PATH, FILE);
  hub.faults.push(...faults);
  return hub;
}

const pull = (options: ResolveOptions = {}): Promise<ResolvedModel> =>
  resolveModel(NAME, { home: newHome(), network: QUICK, ...options });

function assertWhole(model: ResolvedModel, bytes: Buffer = FILE): void {
  assert.ok(readFileSync(model.path).equals(bytes));
}

/** What was asked for of the file, as `first-last` each, in order. */
function ranges(hub: FakeHub): string[] {
  const asked = hub.downloads.map(({ range }) => range?.slice("bytes=".length) ?? "whole");
  return asked.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

const allParts = Array.from(
  { length: 10 },
  (_, part) => `${part * PART}-${Math.min((part + 1) * PART, FILE.length) - 1}`,
);

/** The bytes that the note of the partial file says each part has. */
function noted(home: string): number[] {
  const names = readdirSync(home, { recursive: true }).map(String);
  const note = names.find((name) => name.endsWith(".parts"));
  if (note === undefined) return [];
  return (JSON.parse(readFileSync(join(home, note), "utf8")) as { received: number[] }).received;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 6000, "should have come true within a minute");
    await delay(10);
  }
}

describe("a large file", () => {
  test("comes in parts over as many connections as are allowed, and is whole", async () => {
    await using hub = await startHub();
    let most = 0;
    let received = 0;
    const home = newHome();
    const model = await pull({
      home,
      onProgress: (progress) => {
        most = Math.max(most, hub.connections);
        if (progress.phase !== "download") return;
        assert.ok(progress.received > received, "progress should not go back");
        received = progress.received;
      },
    });
    assertWhole(model);
    assert.equal(received, FILE.length);
    assert.ok(most <= 3, `${most} connections`);
    assert.deepEqual(ranges(hub), allParts);
    assert.deepEqual(readdirSync(join(home, "partial")), []);
    assert.deepEqual(await new ModelStore(home).verify(), []);
  });

  test("is one for which the environment or the caller wants connections", async () => {
    for (const [environment, connections] of [
      ["nine", undefined],
      ["17", undefined],
      ["4", 0],
    ] as const) {
      process.env["MULLAMA_CONNECTIONS"] = environment;
      try {
        const name = connections === undefined ? /MULLAMA_CONNECTIONS/ : /network\.connections/;
        await assert.rejects(pull({ network: connections === undefined ? {} : { connections } }), (error: Error) =>
          name.test(error.message),
        );
      } finally {
        delete process.env["MULLAMA_CONNECTIONS"];
      }
    }
  });

  test("asks the hub once where its bytes are, and again when that address has expired", async () => {
    await using hub = await startHub();
    hub.signature = "?signed=1";
    hub.storageHost = "localhost";
    process.env["HF_TOKEN"] = "hf_secret";
    try {
      const onProgress = (): void => {
        if (hub.downloads.length >= 5) hub.signature = "?signed=2";
      };
      assertWhole(await pull({ network: { ...QUICK, allowPrivateHosts: true }, onProgress }));
    } finally {
      delete process.env["HF_TOKEN"];
    }
    const asked = hub.requests.filter(({ method, path }) => method === "GET" && path === PATH);
    assert.ok(asked.length >= 2 && asked.length <= 4, `${asked.length} requests`);
    assert.deepEqual(new Set(hub.downloads.map(({ authorization }) => authorization)), new Set([undefined]));
    assert.ok(hub.downloads.some(({ path }) => path.endsWith("?signed=2")));
  });

  test("comes from a host that bears one connection only", async () => {
    await using hub = await startHub();
    hub.mostConnections = 1;
    assertWhole(await pull());
  });

  test("comes in one piece from a host that knows no ranges", async () => {
    await using hub = await startHub({ kind: "whole" });
    assertWhole(await pull());
    assert.deepEqual(
      hub.downloads.map(({ range }) => range),
      [`bytes=${allParts[0]}`, undefined],
    );
  });
});

describe("a large file, where the host does wrong", () => {
  const faults: Record<string, FakeHub["faults"]> = {
    "breaks off": [
      { kind: "drop", after: 10_000 },
      { kind: "drop", after: 0 },
      { kind: "drop", after: 20_000 },
    ],
    "falls silent in the middle": [{ kind: "stall", after: 10_000 }],
    "falls silent before an answer": [{ kind: "silence" }],
    "is busy": [
      { kind: "status", status: 429, headers: { "retry-after": "0" } },
      { kind: "status", status: 503 },
    ],
    fails: [{ kind: "status", status: 500 }],
  };
  for (const [what, list] of Object.entries(faults)) {
    test(`and ${what}, is whole in the end, with no byte asked for twice`, async () => {
      await using hub = await startHub(...list);
      assertWhole(await pull({ network: IMPATIENT }));
      assert.equal(hub.faults.length, 0);
      assert.equal(hub.downloads.filter(({ range }) => range === undefined).length, 0);
      const starts = hub.downloads.map(({ range }) => Number.parseInt(range?.slice(6) ?? "", 10));
      for (const fault of list)
        if ("after" in fault && fault.after > 0) assert.ok(starts.some((start) => start % PART === fault.after));
    });
  }

  test("waits as long as a busy host says", async () => {
    await using _hub = await startHub({ kind: "status", status: 429, headers: { "retry-after": "1" } });
    const begun = performance.now();
    assertWhole(await pull());
    assert.ok(performance.now() - begun >= 1000);
  });

  const fatal: [string, FakeHub["faults"], RegExp][] = [
    ["sends other bytes", [{ kind: "corrupt" }], /sha-256 is [\da-f]{64}, but should be/],
    ["sends more than a part", [{ kind: "endless" }], /sent more bytes than it was asked for/],
    ["has nothing there", [{ kind: "silence" }, { kind: "status", status: 404 }], /answered 404/],
    ["refuses at last", [{ kind: "silence" }, { kind: "status", status: 403 }], /answered 403/],
  ];
  for (const [what, list, words] of fatal) {
    test(`and ${what}, fails, and leaves nothing visible`, async () => {
      await using _hub = await startHub(...list);
      const home = newHome();
      await assert.rejects(pull({ home, network: IMPATIENT }), (error: Error & { code?: string }) => {
        assert.match(error.message, words);
        return error.code === "DOWNLOAD_FAILED";
      });
      assert.ok(!existsSync(join(home, "models")));
      // What is left does not stand in the way of the next try.
      assertWhole(await pull({ home }));
    });
  }

  test("is looked up again where its host has another length than it said, once", async () => {
    const odd = [
      { kind: "status", status: 416 },
      { kind: "length", length: 1000 },
    ] as const;
    await using hub = await startHub(...odd);
    assertWhole(await pull());
    hub.faults.push(...odd, ...odd);
    await assert.rejects(pull(), /offers 1000 bytes, but the file has 499877/);
  });

  test("comes over one connection from where the host gives no more ranges", async () => {
    const none = { kind: "none" } as const;
    await using hub = await startHub(none, none, none, { kind: "whole" });
    assertWhole(await pull({ network: { ...QUICK, connections: 1, retries: 0 } }));
    assert.deepEqual(ranges(hub), [...allParts.slice(0, 4), `${3 * PART}-`]);
  });

  test("keeps what came over one connection, when it is asked for again", async () => {
    await using hub = await startHub({ kind: "whole" }, { kind: "stall", after: 210_000 });
    const home = newHome();
    const network = { ...QUICK, stallTimeout: 1000, connections: 1, retries: 0 };
    await assert.rejects(pull({ home, network }), /sent nothing for 1 seconds/);
    hub.requests.length = 0;
    assertWhole(await pull({ home, network: { ...QUICK, connections: 1 } }));
    assert.deepEqual(ranges(hub), [`210000-${5 * PART - 1}`, ...allParts.slice(5)]);
  });

  test("gives up where nothing comes, after as many tries as are allowed", async () => {
    await using hub = await startHub(...Array.from({ length: 99 }, () => ({ kind: "drop", after: 0 }) as const));
    await assert.rejects(pull({ network: { ...QUICK, retries: 2 } }), { code: "DOWNLOAD_FAILED" });
    assert.equal(hub.downloads.length <= 9, true);
  });

  test("gives up where redirects do not end", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.redirect = `${server.url}/again.gguf`;
    await assert.rejects(
      resolveModel(`${server.url}/m.gguf`, { home: newHome(), network: QUICK }),
      /redirects without end/,
    );
  });
});

describe("a large file whose digest is not known", () => {
  const pullFrom = (server: FileServer, home = newHome()): Promise<ResolvedModel> =>
    resolveModel(`${server.url}/m.gguf`, { home, network: { ...QUICK, retries: 1 } });

  test("comes in parts where the host names its version", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    assertWhole(await pullFrom(server));
    assert.equal(server.ranges.length, 10);
    assert.equal(server.requests.at(-1)?.headers["if-range"], '"one"');
  });

  test("comes in one piece where it does not", async () => {
    await using server = await FileServer.start(FILE);
    assertWhole(await pullFrom(server));
    assert.deepEqual(server.ranges, [undefined]);
  });

  for (const honoursIfRange of [true, false]) {
    test(`is begun again where it changes in the middle (${honoursIfRange ? "which If-Range shows" : "which only the tag shows"})`, async () => {
      await using server = await FileServer.start(FILE, '"one"');
      server.honoursIfRange = honoursIfRange;
      const changed = randomBytes(FILE.length);
      server.onRequest = () => {
        if (server.ranges.length !== 5) return;
        server.bytes = changed;
        server.etag = '"two"';
      };
      assertWhole(await pullFrom(server), changed);
      assert.ok(server.ranges.length < 20, `${server.ranges.length} requests`);
    });
  }

  test("is begun again where it changed after an interruption", async () => {
    await using server = await FileServer.start(FILE, '"one"');
    server.drops.push(...Array.from({ length: 12 }, () => 1000));
    server.drops.push(...Array.from({ length: 24 }, () => 0));
    const home = newHome();
    await assert.rejects(pullFrom(server, home), { code: "DOWNLOAD_FAILED" });
    assert.ok(noted(home).some((bytes) => bytes > 0));
    server.drops.length = 0;
    server.bytes = randomBytes(FILE.length);
    server.etag = '"two"';
    assertWhole(await pullFrom(server, home), server.bytes);
  });
});

describe("a large file after an interruption", () => {
  /** What is left to be asked for, by the note. */
  const left = (home: string): string[] =>
    noted(home).flatMap((bytes, part) => {
      const end = Math.min((part + 1) * PART, FILE.length);
      return part * PART + bytes < end ? [`${part * PART + bytes}-${end - 1}`] : [];
    });

  function pullInChild(home: string): ChildProcess {
    const network = JSON.stringify(QUICK);
    return spawn(process.execPath, [PULL, NAME, home, network], { stdio: ["ignore", "pipe", "inherit"] });
  }

  /** Some parts come whole, then three connections stall in the middle of theirs. */
  const stalls: FakeHub["faults"] = [
    ...Array.from({ length: 4 }, () => ({ kind: "drop", after: PART }) as const),
    ...Array.from({ length: 3 }, () => ({ kind: "stall", after: 7000 }) as const),
  ];

  test("goes on with what a killed process left", async () => {
    await using hub = await startHub(...stalls);
    const home = newHome();
    const child = pullInChild(home);
    await until(() => hub.faults.length === 0 && noted(home).filter((bytes) => bytes === PART).length === 4);
    await until(() => noted(home).filter((bytes) => bytes === 7000).length === 3);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok(!existsSync(join(home, "models")));
    const lacking = left(home);
    assert.equal(lacking.length, 6);
    hub.requests.length = 0;
    assertWhole(await pull({ home }));
    assert.deepEqual(ranges(hub), lacking);
  });

  test("goes on with what a cancelled download left", async () => {
    await using hub = await startHub(...stalls);
    const home = newHome();
    const controller = new AbortController();
    const cancelled = pull({
      home,
      signal: controller.signal,
      onProgress: (progress) =>
        progress.phase === "download" && progress.received === 4 * PART + 21_000 && controller.abort(),
    });
    await assert.rejects(cancelled, { code: "ABORTED" });
    const lacking = left(home);
    assert.equal(lacking.length, 6);
    hub.requests.length = 0;
    assertWhole(await pull({ home, network: { ...QUICK, connections: 1 } }));
    assert.deepEqual(ranges(hub), lacking);
  });

  test("is begun again where it is another version now", async () => {
    await using hub = await startHub(
      ...Array.from({ length: 5 }, () => ({ kind: "drop", after: PART }) as const),
      ...Array.from({ length: 9 }, () => ({ kind: "status", status: 404 }) as const),
    );
    const home = newHome();
    await assert.rejects(pull({ home }), /404/);
    hub.faults.length = 0;
    assert.ok(left(home).length < 10);
    const other = randomBytes(FILE.length);
    hub.files.set(PATH, other);
    hub.requests.length = 0;
    assertWhole(await pull({ home }), other);
    assert.deepEqual(ranges(hub), allParts);
  });

  test("is fetched once by two processes that want it at once", async () => {
    await using hub = await startHub();
    const home = newHome();
    const printed = await Promise.all([1, 2].map(() => text(pullInChild(home).stdout ?? assert.fail())));
    for (const line of printed) assertWhole(JSON.parse(line) as ResolvedModel);
    assert.deepEqual(ranges(hub), allParts);
  });
});
