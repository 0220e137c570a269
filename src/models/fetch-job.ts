import { definedOf } from "../engine/defined-of.js";
import { checkInteger } from "../llama/check.js";
import type { ModelDefinition } from "./model-record.js";
import type { ProgressListener } from "./progress.js";
import type { ModelSource } from "./source.js";
import type { ModelStore } from "./store/model-store.js";

/** How patient to be with a network. Times are in milliseconds. */
export interface NetworkPolicy {
  /** Longest wait for the first answer of a host when another source is left. Default 5,000. */
  readonly connectTimeout: number;
  /** Longest wait for the first answer of a host when it is the last source. Default 30,000. */
  readonly lastConnectTimeout: number;
  /** Longest silence in the middle of a download. Default 30,000. */
  readonly stallTimeout: number;
  /** How often to try again without a byte gained. Default 4. */
  readonly retries: number;
  /** First wait before trying again; each next one is twice as long, up to 8 seconds. Default 500. */
  readonly backOff: number;
  /** How many connections fetch a large file at once, 1 to 16. Default 4, or `MULLAMA_CONNECTIONS`. */
  readonly connections: number;
  /** Bytes that a connection fetches at a time; a file of four times as many is a large one. Default 16,777,216. */
  readonly partSize: number;
  /** Let redirects lead to private addresses and this machine. Default false, or `MULLAMA_ALLOW_PRIVATE_HOSTS=1`. */
  readonly allowPrivateHosts: boolean;
}

const DEFAULT_NETWORK: NetworkPolicy = {
  connectTimeout: 5000,
  lastConnectTimeout: 30_000,
  stallTimeout: 30_000,
  retries: 4,
  backOff: 500,
  connections: 4,
  partSize: 1 << 24,
  allowPrivateHosts: false,
};

/**
 * How patient to be, where the caller and the environment do not say otherwise.
 *
 * @throws {ArgumentError} for a number of connections that is none
 */
export function networkPolicy(given: Partial<NetworkPolicy> = {}): NetworkPolicy {
  const fromEnvironment = process.env["MULLAMA_CONNECTIONS"];
  const policy = {
    ...DEFAULT_NETWORK,
    ...(fromEnvironment && { connections: Number(fromEnvironment) }),
    ...definedOf(given),
  };
  const argument = given.connections === undefined ? "MULLAMA_CONNECTIONS" : "network.connections";
  checkInteger(argument, policy.connections, 1, 16);
  checkInteger("network.partSize", policy.partSize, 1, 2 ** 31);
  return policy;
}

/** What is known about a file before it is fetched. */
export interface Expected {
  readonly size: number | undefined;
  readonly sha256: string | undefined;
}

/** A model to be fetched from one source into a scratch folder that no other process touches. */
export interface FetchJob {
  readonly directory: string;
  /** Where whole files go. */
  readonly store: ModelStore;
  readonly expected: Expected;
  /** Whether no other source is left to fall back on, so that waiting is worth while. */
  readonly isLast: boolean;
  readonly network: NetworkPolicy;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** What a request has to know of the work that it is for. */
export type RequestJob = Pick<FetchJob, "isLast" | "network" | "signal">;

/** A file that a source has delivered in full: checked, and flushed to the disk. */
export interface FetchedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Of a file of another program, which is used where it lies: when it was last changed, in milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/** What a source has delivered of a model. */
export interface FetchedModel {
  /** The source with what it has turned out to mean, such as the version; default: as it was asked for. */
  readonly source?: ModelSource | undefined;
  /** The GGUF file; for a split model its parts, in order. */
  readonly files: readonly FetchedFile[];
  readonly projector?: FetchedFile | undefined;
  readonly adapters?: readonly FetchedFile[] | undefined;
  readonly definition?: ModelDefinition | undefined;
}
