import type { HostKind } from "../engine/hosts/engine-client.js";
import type { ApiKeyOptions } from "./auth/api-key.js";
import type { ModelPreset } from "./directory/preset.js";
import type { ServedLoadOptions } from "./directory/served-model.js";
import type { RequestLimitOptions } from "./limits/request-limits.js";
import type { AccessRecord } from "./http/track-requests.js";

/** What a server offers, to whom, and within which limits. */
export interface ServerOptions {
  /** Models by the names that clients use. */
  readonly models?: Readonly<Record<string, ModelPreset>>;
  /** A JSON file with `{ "models": …, "limits": … }` as here; it is read again when it changes. */
  readonly config?: string;
  /** Whether models of the local store are served by name, too. Default true. */
  readonly store?: boolean;
  /** Whether a model that is not on this machine is fetched when it is asked for. Default false. */
  readonly downloads?: boolean;
  /** How every model is loaded, unless its preset says otherwise. */
  readonly load?: ServedLoadOptions;
  /** Where models run. Default `child`: each in a process of its own. */
  readonly host?: HostKind;
  /** How long a model stays loaded after its last use: seconds, or `5m`; 0 is not at all, -1 for ever. Default `5m`. */
  readonly keepAlive?: number | string;
  /** Most models that are loaded at the same time. Default: as many as memory allows. */
  readonly maxModels?: number;
  /** Bytes of memory for all models together. Default: 90 % of the machine's. */
  readonly memoryLimit?: number;
  /** Milliseconds that a request waits for models in use to make room for its own. Default 60,000. */
  readonly roomTimeout?: number;
  /** Whether the web page is served, at `/ui/`. Default true. */
  readonly page?: boolean;
  /** Keys that requests must show one of. Default: none, and everyone may do everything. */
  readonly keys?: readonly ApiKeyOptions[];
  /** Host names that the server is called by, beside `localhost` and addresses; `*` for all. Default: all where there are keys. */
  readonly allowedHosts?: readonly string[];
  /** Origins of web pages that may use the server; `*` for all. Default: none but its own. */
  readonly corsOrigins?: readonly string[];
  /** Most bytes of a request's body. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * Milliseconds in which a request's head must have arrived, and its JSON; and the longest silence in a file that is
   * uploaded. Default 60,000.
   */
  readonly arrivalTimeout?: number;
  /** What requests may ask for: tokens, answers, texts. Presets may have limits of their own; those of the file give way to these. */
  readonly limits?: RequestLimitOptions;
  /** How deep JSON may be nested. Default 64. */
  readonly maxJsonDepth?: number;
  /** Whether a raw prompt's answer may go on when the context is full, by forgetting what is oldest. Default false: it ends. */
  readonly contextShift?: boolean;
  /** A folder for what `POST /slots/{id}?action=save` saves. Default: none, and it is refused. */
  readonly slotSavePath?: string;
  /** Milliseconds in which an answer must have ended. Default: none. */
  readonly requestTimeout?: number;
  /** After so many milliseconds without an event, a stream gets a comment; 0 for never. Default 15,000. */
  readonly heartbeat?: number;
  /** Whether OpenTelemetry is told of requests to models, with the package `@opentelemetry/api`. Default false. */
  readonly telemetry?: boolean;
  /** For who works on the server: each answer is checked against `/openapi.json`, and one that differs fails. Default false. */
  readonly checkAnswers?: boolean;
  /** Hears of each request that has ended; never of what was said in it. */
  readonly onRequest?: (record: AccessRecord) => void;
  /** Hears of what went wrong and is no fault of the client's. */
  readonly onError?: (error: unknown, requestId: string) => void;
}
