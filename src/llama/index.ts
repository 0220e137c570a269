/**
 * The safe objects: one for each of C's, where no mistake can corrupt memory.
 *
 * @module
 */
export { type DetokenizeOptions, type FimTokens, type TokenizeOptions, Vocab } from "./vocab.js";
export type { TokenAttribute } from "./token-attribute.js";
export type { VocabType } from "./vocab-type.js";
export { Candidates } from "./candidates.js";
export { Detokenizer, type DetokenizerOptions } from "./detokenizer.js";
export { Model } from "./model.js";
export type { ModelOptions } from "./model-options.js";
export type { LazyMode, LoadMode, RopeType, SplitMode } from "./model-enums.js";
export type { MetadataOverrides } from "./metadata-overrides.js";
export type { SamplingMetadata } from "./model-metadata.js";
export { chatFormats, formatChat, type ChatFormatMessage } from "./chat-format.js";
export { splitPath, splitPrefix } from "./split-path.js";
export { Context } from "./context.js";
export type { ContextOptions } from "./context-options.js";
export type {
  AttentionType,
  CacheType,
  ContextType,
  FlashAttention,
  PoolingType,
  RopeScaling,
} from "./context-enums.js";
export type { ContextLimits } from "./context-state.js";
export type { ComputeOptions } from "./compute.js";
export type { ComputeInput } from "./compute-input.js";
export type { ContextPerformance } from "./performance.js";
export type { BackendOutput } from "./backend-sampling.js";
export type { ComputedTensor, OnTensor } from "./eval-callback.js";
export { Batch, type BatchEntry, type BatchOptions } from "./batch.js";
export { Memory, type PositionRange } from "./memory.js";
export { FloatView } from "./outputs.js";
export { State, type SequenceStateOptions, type StateFileOptions } from "./state.js";
export { LoraAdapter } from "./lora-adapter.js";
export { ControlVector } from "./control-vector.js";
export type { AdapterUse, ControlVectorOptions } from "./steering.js";
export { Sampler, SamplerChain, type SamplerPerformance } from "./sampler.js";
export type { CustomSampler } from "./sampler-custom.js";
export type { AdaptivePOptions, DryOptions, MirostatOptions, PenaltyOptions, XtcOptions } from "./sampler-init.js";
export type { GrammarTriggers } from "./sampler-lazy-grammar.js";
export { type EpochOptions, type EpochResult, Trainer } from "./trainer.js";
export type { ProgressListener as TrainingProgressListener, TrainingProgress } from "./trainer-callbacks.js";
export type { OptimizerParameters, TrainerOptions } from "./trainer-options.js";
export type { TrainingResult } from "./trainer-result.js";
export { Threadpool } from "./threadpool.js";
export type { ThreadpoolOptions, ThreadPriority } from "./threadpool-options.js";
export { type BufferType, type Device, devices, type DeviceType } from "./device.js";
export { type Backend, backends, loadBackend } from "./backend.js";
export {
  type Capabilities,
  capabilities,
  flashAttentionName,
  initNuma,
  libraryVersion,
  loadModeFromName,
  loadModeName,
  type NumaStrategy,
  quantizationName,
  systemInfo,
  timeMicroseconds,
} from "./system.js";
export { quantize, quantizeAsync } from "./quantize.js";
export type { QuantizeOptions, QuantizeProgress, QuantizeResult } from "./quantize-options.js";
export type { QuantizedTensor } from "./quantize-plan.js";
export {
  quantizationType,
  quantizationTypes,
  type QuantizationType,
  type TensorQuantization,
} from "./quantize-types.js";
