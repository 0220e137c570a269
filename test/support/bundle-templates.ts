/** The chat templates that come with llama.cpp's source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFolder } from "../../scripts/bindgen/source.js";

export interface BundleTemplate {
  readonly name: string;
  readonly source: string;
}

/** All of them; none where the source cannot be had. */
export function bundleTemplates(): readonly BundleTemplate[] {
  try {
    const folder = join(sourceFolder(), "models", "templates");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jinja"))
      .map((name) => ({ name: name.slice(0, -".jinja".length), source: readFileSync(join(folder, name), "utf8") }));
  } catch {
    return [];
  }
}

/** Names of tokens that end answers, of all the models that these templates are for. */
export const endNames = [
  "</s>",
  "<|im_end|>",
  "<|call|>",
  "<|return|>",
  "<|eom_id|>",
  "<|eot_id|>",
  "<|eot|>",
  "<|tool_response>",
  "<turn|>",
  "<end_of_turn>",
  "<｜end▁of▁sentence｜>",
  "<|END_OF_TURN_TOKEN|>",
  "<|end_of_text|>",
  "[e~[",
  "<SPECIAL_12>",
  "<｜hy_eos:opensource｜>",
];
