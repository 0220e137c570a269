import { InvalidArgumentError } from "commander";

/** The options of `mullama run`, as commander hands them over. */
export interface RunOptions {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly system?: string;
  readonly ctx?: number;
  readonly threads?: number;
  readonly gpuLayers?: number;
  readonly raw?: true;
  readonly json?: true;
  readonly verbose?: true;
  readonly offline?: true;
  readonly local?: true;
  /** `--think` and `--no-think`. */
  readonly think?: boolean;
  /** Most tokens of thoughts. */
  readonly thinkBudget?: number;
  readonly hideThinking?: true;
  /** `json`, or a file with a JSON Schema. */
  readonly format?: string;
  readonly image?: readonly string[];
  /** The configuration of MCP servers. */
  readonly mcp?: string;
}

/** Makes a parser of whole numbers between two limits. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Parses a temperature. */
export function temperature(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError("It must be a number from 0 to 100.");
}
