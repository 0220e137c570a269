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
