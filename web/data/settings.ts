import { Store } from "../store.js";

/** How answers are made. What is empty is the model's own. */
export interface Settings {
  readonly model: string;
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly topK: string;
  readonly minP: string;
  readonly maxTokens: string;
  readonly seed: string;
  readonly effort: string;
  /** A JSON Schema that answers keep to. */
  readonly schema: string;
  /** An array of OpenAI's tools, in JSON. */
  readonly tools: string;
  /** Whether probabilities of tokens are asked for. */
  readonly probabilities: boolean;
}

const KEY = "mullama.settings";

const initial: Settings = {
  model: "",
  system: "",
  temperature: "",
  topP: "",
  topK: "",
  minP: "",
  maxTokens: "",
  seed: "",
  effort: "",
  schema: "",
  tools: "",
  probabilities: false,
};

export const settings = new Store<Settings>(readSettings());

function readSettings(): Settings {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return initial;
  }
}

export function changeSettings(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.value));
  } catch {
    // Then they hold until the page is closed.
  }
}

/** Everything but the model as it was in the beginning. */
export function resetSettings(): void {
  changeSettings({ ...initial, model: settings.value.model, system: settings.value.system });
}
