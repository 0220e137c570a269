import { freemem } from "node:os";
import { metadataString } from "../../../gguf/index.js";
import { describeHeader } from "../../../models/store/file-info.js";
import { formatBytes } from "../../progress-line.js";
import { type Painter, plainPainter } from "../../terminal/color.js";
import { age } from "../../terminal/age.js";
import { count } from "../../terminal/count.js";
import { wrapText } from "../../terminal/entries.js";
import type { ShowOptions } from "./add-show.js";
import { expertsInWords, fileFacts, headsInWords } from "./file-facts.js";
import { valueText } from "./file-lines.js";
import type { ShownModel } from "./shown-model.js";

type Fact = readonly [name: string, value: string | undefined];

/** What a model is, in a screenful. */
export function overview(shown: ShownModel, width: number, paint: Painter = plainPainter): readonly string[] {
  const { resolved, stored, header, size, fit } = shown;
  const info = describeHeader(header);
  const facts = fileFacts(header);
  const { definition = {} } = resolved;
  const sections: readonly (readonly [string, readonly Fact[]])[] = [
    [
      resolved.name,
      [
        ["title", info.title],
        ["architecture", info.family],
        ["parameters", count(info.parameters)],
        ["quantization", quantization(info.quantization, facts.bitsPerWeight)],
        ["context", of(info.contextLength, "tokens")],
        ["layers", of(facts.layers)],
        ["heads", headsInWords(facts)],
        ["experts", expertsInWords(facts)],
        ["embedding", of(info.embeddingLength, "dimensions")],
        ["vocabulary", of(facts.vocabularySize, "tokens")],
        ["made for", uses(shown).join(", ")],
        ["license", definition.licenses?.[0]?.split("\n")[0] ?? license(shown)],
      ],
    ],
    [
      "On this machine",
      [
        ["file", resolved.path],
        ["size", formatBytes(stored?.size ?? size)],
        ["came from", resolved.source === "file" ? undefined : resolved.source],
        ["added", stored === undefined ? undefined : age(stored.modified)],
        ["memory", memory(shown)],
        ["layers on GPU", typeof fit === "string" ? undefined : layersOnGpu(fit.gpuLayers, facts.layers)],
      ],
    ],
    [
      "Unless told otherwise",
      Object.entries(definition.defaults ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
    ],
    ["System", definition.system === undefined ? [] : [["", definition.system]]],
    ["Brings along", [["projector", resolved.projector], ["draft model", resolved.draft], ...adapterFacts(shown)]],
  ];
  return sections.flatMap(([title, lines]) => section(paint(["bold"], title), lines, width)).slice(0, -1);
}

function section(title: string, facts: readonly Fact[], width: number): string[] {
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
  if (known.length === 0) return [];
  const room = Math.max(...known.map(([name]) => name.length));
  const indent = room === 0 ? 2 : room + 4;
  const lines = known.flatMap(([name, value]) => {
    const [first = "", ...more] = value.split("\n");
    // A path that is cut is of no use.
    const shown = wrapText(more.length > 0 ? `${first} …` : first, Math.max(20, width - indent - 1));
    return shown.map((line, at) => (at === 0 ? `  ${name}`.padEnd(indent) : " ".repeat(indent)) + line);
  });
  return [title, ...lines, ""];
}

function of(number: number | undefined, what = ""): string | undefined {
  return number === undefined ? undefined : `${number} ${what}`.trimEnd();
}

function quantization(name: string | undefined, bits: number | undefined): string | undefined {
  const each = bits === undefined ? undefined : `${bits} bits per weight`;
  return name === undefined || each === undefined ? (name ?? each) : `${name}, ${each}`;
}

function license({ header: { metadata } }: ShownModel): string | undefined {
  return metadataString(metadata, "general.license");
}

/** What comes behind the last layer counts as one for llama.cpp. */
function layersOnGpu(onGpu: number, layers: number | undefined): string {
  return onGpu > (layers ?? Infinity) ? "all" : String(onGpu);
}

function adapterFacts({ resolved }: ShownModel): Fact[] {
  return (resolved.adapters ?? []).map(({ path, scale = 1 }) => ["adapter", scale === 1 ? path : `${path} × ${scale}`]);
}

function memory({ fit }: ShownModel): string {
  if (typeof fit === "string") return fit;
  const { estimate, contextSize } = fit;
  const parts = [formatBytes(estimate.host), ...(estimate.gpu > 0 ? [`${formatBytes(estimate.gpu)} of a GPU's`] : [])];
  const free = process.availableMemory?.() ?? freemem();
  const short = estimate.host > free ? `, more than the ${formatBytes(free)} that are free` : "";
  return `${parts.join(" and ")}, with a context of ${contextSize} tokens${short}`;
}

/** What the file says that the model can be used for. */
function uses({ header, resolved }: ShownModel): string[] {
  const info = describeHeader(header);
  const template = resolved.definition?.template ?? metadataString(header.metadata, "tokenizer.chat_template") ?? "";
  return [
    ...(info.isEmbedding ? ["embeddings"] : ["text"]),
    ...(template === "" ? [] : ["chat"]),
    ...(/\btools\b/.test(template) ? ["tools"] : []),
    ...(/<think>|enable_thinking|reasoning/.test(template) ? ["reasoning"] : []),
    ...(header.metadata.has("tokenizer.ggml.fim_pre_token_id") ? ["filling in the middle"] : []),
    ...(resolved.projector === undefined ? [] : ["images"]),
  ];
}

/** The same for programs; metadata and tensors where they are asked for. */
export function overviewJson(shown: ShownModel, { metadata = false, tensors = false }: ShowOptions): object {
  const { resolved, stored, header, fit } = shown;
  const { heads, kvHeads, ...facts } = fileFacts(header);
  const { name, path, files, source, projector, draft, adapters, definition } = resolved;
  return {
    name,
    source,
    path,
    files,
    size: stored?.size ?? shown.size,
    digest: stored?.digest,
    modified: stored?.modified,
    ...describeHeader(header),
    ...facts,
    heads: heads?.[1],
    kvHeads: kvHeads?.[1],
    license: license(shown),
    uses: uses(shown),
    projector,
    draft,
    adapters,
    definition,
    memory:
      typeof fit === "string"
        ? { error: fit }
        : { ...fit.estimate, contextSize: fit.contextSize, gpuLayers: fit.gpuLayers },
    ...(metadata && {
      metadata: Object.fromEntries([...header.metadata].map(([key, value]) => [key, valueText(value)])),
    }),
    ...(tensors && { tensors: [...header.tensors.values()] }),
  };
}
