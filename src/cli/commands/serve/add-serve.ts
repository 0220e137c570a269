import { Option } from "commander";
import { wholeNumber } from "../../parse-number.js";
import { type AddCommand, examples } from "../command.js";
import { limits } from "./limits.js";
import type { ServeCommandOptions } from "./serve-options.js";

export const addServe: AddCommand = (program, finish) => {
  program
    .command("serve")
    .description("serve models over HTTP, to clients of OpenAI, Anthropic, Ollama and llama.cpp's server")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--port <number>", "0 takes any that is free (default: 11434)", wholeNumber(0, 65_535))
    .option("--config <file>", "presets of models, as JSON; read again when it changes")
    .option("--api-key-file <file>", "keys that requests must show one of, as JSON; mullama key makes one")
    .option("--keep-alive <duration>", "how long a model stays loaded after its last use; -1 is for ever", "5m")
    .option("--max-models <count>", "most models that are loaded at the same time", wholeNumber(1, 1000))
    .option("--max-memory <megabytes>", "most memory for all models together", wholeNumber(1, 2 ** 31))
    .option("--ctx <tokens>", "room for prompt and answer together, of each model", wholeNumber(1, 2 ** 31 - 1))
    .option("--parallel <count>", "answers that a model gives at the same time", wholeNumber(1, 128))
    .option("--gpu-layers <count>", "layers of each model to put on the GPU", wholeNumber(0, 2 ** 31 - 1))
    .option("--threads <count>", "processor threads of each model", wholeNumber(1, 512))
    .option("--downloads", "fetch models that are asked for and are not on this machine")
    .option("--cors-origin <origin...>", "web pages that may use it; * is all of them")
    .option("--allowed-host <name...>", "names that it is called by, beside localhost and addresses")
    .option("--tls-cert <file>", "certificate, in PEM; with --tls-key, it speaks HTTPS")
    .option("--tls-key <file>", "the certificate's key, in PEM")
    .option("--insecure", "let everyone in the network use it without a key")
    .option("--limit <name=number...>", "what a request may ask for, such as promptTokens=8192 maxTokens=1024", limits)
    .option("--timeout <seconds>", "in which an answer must have ended", wholeNumber(1, 2 ** 31 / 1000))
    .option("--quiet", "no line for each request")
    .option("--json", "log as JSON")
    .addOption(new Option("--background", "as the service that commands start").hideHelp())
    .addHelpText(
      "after",
      `${examples(
        "mullama serve",
        "mullama serve --port 8080 --keep-alive 1h",
        "mullama serve --limit promptTokens=8192 maxTokens=1024 answers=8",
        "mullama serve --host 0.0.0.0 --api-key-file keys.json --tls-cert cert.pem --tls-key key.pem",
      )}\nIts address has a page to talk to models at /ui/; /docs and /openapi.json describe all that can be asked.\n`,
    )
    .action(async (options: ServeCommandOptions) => {
      const { serveCommand } = await import("./serve-command.js");
      finish(await serveCommand(options));
    });
};
