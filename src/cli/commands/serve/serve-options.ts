import { definedOf } from "../../../engine/defined-of.js";
import { ArgumentError } from "../../../errors.js";
import { readKeys, type RequestLimitOptions, type ServeOptions } from "../../../server/index.js";

/** The options of `mullama serve`, as commander hands them over. */
export interface ServeCommandOptions {
  readonly host: string;
  readonly port?: number;
  readonly config?: string;
  readonly apiKeyFile?: string;
  readonly keepAlive: string;
  readonly maxModels?: number;
  readonly maxMemory?: number;
  readonly ctx?: number;
  readonly parallel?: number;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly downloads?: true;
  readonly corsOrigin?: readonly string[];
  readonly allowedHost?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecure?: true;
  readonly timeout?: number;
  readonly limit?: RequestLimitOptions;
  readonly quiet?: true;
  readonly json?: true;
  readonly background?: true;
}

/** What the command's options mean to the server. */
export async function serveOptions(options: ServeCommandOptions): Promise<Partial<ServeOptions>> {
  const { ctx, parallel, gpuLayers, threads, tlsCert, tlsKey } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new ArgumentError("--tls-key", "given together with --tls-cert", tlsKey);
  return definedOf({
    hostname: options.host,
    port: options.port,
    config: options.config,
    keys: options.apiKeyFile === undefined ? undefined : await readKeys(options.apiKeyFile),
    keepAlive: options.keepAlive,
    maxModels: options.maxModels,
    memoryLimit: options.maxMemory === undefined ? undefined : options.maxMemory * 1e6,
    load: definedOf({ contextSize: ctx, parallel, gpuLayers, threads }),
    downloads: options.downloads,
    corsOrigins: options.corsOrigin,
    allowedHosts: options.allowedHost,
    tls: tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey },
    insecure: options.insecure,
    limits: options.limit,
    requestTimeout: options.timeout === undefined ? undefined : options.timeout * 1000,
  });
}
