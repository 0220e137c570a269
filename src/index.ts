/**
 * llama.cpp for TypeScript.
 *
 * @module
 */
export {
  ArgumentError,
  DisposedError,
  type ErrorCode,
  type LogLine,
  MullamaError,
  type MullamaErrorOptions,
} from "./errors.js";
export * from "./llama/index.js";
export { release, setLogHandler, type LogHandler } from "./native/index.js";
export {
  type CatalogueEntry,
  type CreateModelOptions,
  type FetchOptions,
  type FileInfo,
  type Garbage,
  type GarbageOptions,
  type GarbageReport,
  type HashOptions,
  type ImportedModel,
  importHuggingFace,
  importOllama,
  type ImportOptions,
  type ImportReport,
  listCatalogue,
  type ModelCapability,
  type ModelDefaults,
  type ModelDefinition,
  type ModelProgress,
  type ModelRecord,
  ModelStore,
  type NetworkPolicy,
  type ProgressListener,
  type PushedModel,
  pushModel,
  type PushOptions,
  type PushProgress,
  type ResolvedModel,
  resolveModel,
  type ResolveOptions,
  type StoredAdapter,
  type StoreFault,
  type StoredFile,
  type StoredModel,
} from "./models/index.js";
export {
  type CountedEmbeddings,
  type CountedRanking,
  type EmbedOptions,
  type GenerateOptions,
  load,
  LoadedModel,
  type LoadOptions,
  type LoadProgress,
  type RankedDocument,
} from "./mullama.js";
export { maxSim } from "./engine/embedding/max-sim.js";
export type { EmbeddingPooling, EmbeddingRequest, RerankRequest } from "./engine/embedding/embedding-request.js";
export type { EngineInfo } from "./engine/engine-info.js";
export type { EngineOptions, SpeculationOptions } from "./engine/engine-options.js";
export type { AdapterChoice, ControlVectorChoice, GenerationRequest, Overflow } from "./engine/generation-request.js";
export type {
  GenerationEnd,
  GenerationObserver,
  HostKind,
  RequestOptions,
  StreamOptions,
} from "./engine/hosts/engine-client.js";
export { GenerationStream } from "./engine/hosts/generation-stream.js";
export type { EngineMetrics, RequestTimings } from "./engine/metrics.js";
export type { FinishReason, GenerationChunk, GenerationFinish, GenerationUsage } from "./engine/protocol.js";
export type {
  GrammarOptions,
  LogitsProcessor,
  LogitsProcessorModule,
  SamplerName,
  SamplingOptions,
} from "./engine/sampling/sampling-options.js";
export type { TokenLogprob, TokenLogprobs } from "./engine/sampling/token-logprobs.js";
export type { Beam, BeamSearchOptions } from "./engine/search/beam-search.js";
export type { ScoredGeneration, Vote } from "./engine/search/best-of.js";
export { type GenerationOptions, type GenerationResult, Sequence } from "./engine/sequence.js";
export type { ToolCall, ChatMessage, ContentPart } from "./chat/message.js";
export type { ChatDocument } from "./chat/template.js";
export type { AnswerEvent } from "./chat/answer/answer-parser.js";
export { ChatFormat, type ChatFormatOptions, type ChatPrompt, type ChatPromptOptions } from "./chat/chat-format.js";
export { ChatStream } from "./chat/chat-stream.js";
export type { InfillOptions } from "./chat/infill.js";
export type {
  ChatEvent,
  ChatResult,
  ChatUsage,
  OutputFormat,
  ReasoningOption,
  RespondOptions,
  SeenText,
} from "./chat/respond-options.js";
export type { JsonSchema, JsonSchemaObject } from "./chat/schema/json-schema.js";
export { schemaToGrammar } from "./chat/schema/schema-grammar.js";
export { ChatSession } from "./chat/session/chat-session.js";
export type { ChatReply, ChatSessionOptions, ContextManagement, SendOptions } from "./chat/session/session-options.js";
export type { Choice, ChoiceOptions } from "./chat/structured/choose.js";
export type { ObjectOptions, ObjectResult, ObjectStream, PartialValue } from "./chat/structured/generate-object.js";
export { jsonSchema, type Schema, type SchemaOutput } from "./chat/structured/standard-schema.js";
export type { ToolChoice, ToolDefinition } from "./chat/tools/tool-definition.js";
export { tool, type Tool, type ToolAnswer, type ToolContext, type ToolSet } from "./chat/tools/tool.js";
