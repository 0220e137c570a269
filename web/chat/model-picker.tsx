import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageModel } from "../../src/server/web/page-state.js";
import { changeSettings, settings } from "../data/settings.js";
import { models, modelsError, switchModel, watchModels } from "../server/models.js";
import { useStore } from "../store.js";

const states: Readonly<Record<PageModel["state"], string>> = {
  unloaded: "not loaded",
  loading: "loading",
  ready: "loaded",
};

/** Which model answers, and how it stands with it. */
export function ModelPicker(): JSX.Element {
  const known = useStore(models) ?? [];
  const problem = useStore(modelsError);
  const { model } = useStore(settings);
  const chosen = known.find(({ id }) => id === model);
  useEffect(() => {
    const first = known.find(({ state }) => state === "ready") ?? known[0];
    if (chosen === undefined && first !== undefined) changeSettings({ model: first.id });
  }, [known, chosen]);
  return (
    <div class="picker">
      <label class="hidden" for="model">
        Model
      </label>
      <span class={`dot ${chosen?.state ?? "unloaded"}`} aria-hidden="true" />
      <select
        id="model"
        value={model}
        disabled={known.length === 0}
        aria-describedby="model-state"
        onChange={(event) => changeSettings({ model: event.currentTarget.value })}
      >
        {known.length === 0 ? <option value={model}>no models</option> : null}
        {known.map(({ id, state }) => (
          <option key={id} value={id}>
            {state === "unloaded" ? id : `${id} (${states[state]})`}
          </option>
        ))}
      </select>
      <p id="model-state" class={problem === undefined ? "model-state" : "model-state failure"} role="status">
        {problem ?? stateOf(chosen)}
      </p>
      {problem === undefined ? null : (
        <button type="button" class="plain" onClick={() => void watchModels()}>
          Try again
        </button>
      )}
      {chosen === undefined || chosen.state === "loading" ? null : <ModelSwitch key={chosen.id} model={chosen} />}
      {chosen?.state === "loading" ? (
        <progress aria-label={`Loading ${chosen.id}`} max={1} value={chosen.progress?.share ?? undefined} />
      ) : null}
    </div>
  );
}

/** Loads a model before its first message, or frees its memory. */
function ModelSwitch({ model: { id, state } }: { readonly model: PageModel }): JSX.Element {
  const [problem, tell] = useState<string>();
  const to = state === "ready" ? "unload" : "load";
  const go = async (): Promise<void> => {
    tell(undefined);
    try {
      await switchModel(id, to);
    } catch (error) {
      tell((error as Error).message);
    }
  };
  return (
    <>
      <button type="button" class="plain" onClick={() => void go()}>
        {to === "load" ? "Load" : "Unload"}
        <span class="hidden"> {id}</span>
      </button>
      {problem === undefined ? null : (
        <p class="model-state failure" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function stateOf(model: PageModel | undefined): string {
  if (model === undefined) return "";
  const { state, loaded, progress } = model;
  if (state === "loading") {
    const { phase = "load", share = null } = progress ?? {};
    const percent = share === null ? "" : ` ${Math.round(share * 100)} %`;
    return `${phase === "download" ? "downloading" : "loading"}${percent}`;
  }
  if (loaded === null) return "loads with the first message";
  if (!loaded.generates) return "makes embeddings, no answers";
  return `${loaded.description} · ${loaded.contextSize.toLocaleString("en")} tokens`;
}
