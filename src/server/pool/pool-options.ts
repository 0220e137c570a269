import type { ServedModel } from "../directory/served-model.js";
import type { LoadProgress } from "../../mullama.js";

/** What the pool has to know of a model that was loaded. */
export interface PoolModel {
  dispose(): Promise<void>;
}

/** Bytes. */
export interface MemoryNeed {
  /** Of the machine's memory. */
  readonly host: number;
  /** Of GPUs. */
  readonly gpu: number;
}

export interface LoadCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

export interface PoolOptions<Model extends PoolModel> {
  /** What a name means. */
  readonly find: (name: string) => Promise<ServedModel>;
  readonly load: (served: ServedModel, call: LoadCall) => Promise<Model>;
  /** What a model will need. Default: nothing, so that memory limits nothing. */
  readonly estimate?: (served: ServedModel, call: LoadCall) => Promise<MemoryNeed>;
  /** Bytes of the machine's memory that a load may take now, given what the pool's models have been granted. */
  readonly room?: (granted: number) => number;
  /** Milliseconds that a model stays after its last use. Default 5 minutes. */
  readonly keepAlive?: number;
  /** Most models at a time. Default: as many as memory allows. */
  readonly maxModels?: number;
  /** Milliseconds that a request waits for others to make room. Default 60,000. */
  readonly patience?: number;
}

/** What happens in a pool. */
export type PoolEvent =
  | { readonly type: "loading"; readonly id: string; readonly progress: LoadProgress | undefined }
  | { readonly type: "loaded"; readonly id: string; readonly ms: number }
  | { readonly type: "load-failed"; readonly id: string; readonly error: unknown }
  /** `idle`: its time was over; `evicted`: room was needed; `asked`: someone wanted it; `changed`: its options did. */
  | { readonly type: "unloaded"; readonly id: string; readonly reason: UnloadReason }
  /** Its process has died; what it worked on has failed, and the next request loads it again. */
  | { readonly type: "crashed"; readonly id: string; readonly error: unknown };

export type UnloadReason = "idle" | "evicted" | "asked" | "changed" | "closed" | "crashed";

/** A model in the pool. */
export interface PooledModelInfo<Model extends PoolModel = PoolModel> {
  readonly id: string;
  readonly served: ServedModel;
  readonly state: "loading" | "ready";
  /** The model, once it is loaded. */
  readonly model: Model | undefined;
  /** Requests that use it or wait for it. */
  readonly users: number;
  readonly memory: MemoryNeed;
  /** How far loading has come, while it does. */
  readonly progress: LoadProgress | undefined;
  readonly loadedAt: Date | undefined;
  readonly lastUsedAt: Date;
  /** When it will be unloaded; undefined while it is in use, and where it stays for ever. */
  readonly expiresAt: Date | undefined;
}
