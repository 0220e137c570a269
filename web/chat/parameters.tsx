import type { JSX } from "preact";
import type { Conversation } from "../data/conversation.js";
import { changeConversation } from "../data/conversations.js";
import { changeSettings, resetSettings, settings, type Settings } from "../data/settings.js";
import { useStore } from "../store.js";
import { IconButton } from "../ui/icon-button.js";
import { readJson } from "./request-body.js";

type TextSetting = { [Key in keyof Settings]: Settings[Key] extends string ? Key : never }[keyof Settings];

const numbers: readonly Omit<NumberFieldProps, "value">[] = [
  { setting: "temperature", label: "Temperature", max: 100, step: "0.05", hint: "0 takes the likeliest token" },
  { setting: "topP", label: "Top P", max: 1, step: "0.01", hint: "the likeliest, up to this share" },
  { setting: "topK", label: "Top K", step: "1", hint: "so many of the likeliest; 0 for all" },
  { setting: "minP", label: "Min P", max: 1, step: "0.01", hint: "as likely as this share of the likeliest" },
  { setting: "maxTokens", label: "Longest answer", step: "1", hint: "tokens" },
  { setting: "seed", label: "Seed", step: "1", hint: "the same one gives the same answer" },
];

interface ParametersProps {
  readonly conversation: Conversation | undefined;
  readonly onClose: () => void;
}

/** How answers are made. */
export function Parameters({ conversation, onClose }: ParametersProps): JSX.Element {
  const current = useStore(settings);
  const system = conversation?.system ?? current.system;
  const setSystem = (text: string): void => {
    changeSettings({ system: text });
    if (conversation !== undefined) changeConversation(conversation.id, { system: text });
  };
  return (
    <aside class="parameters" id="parameters" aria-label="Parameters">
      <header>
        <h2>Parameters</h2>
        <IconButton icon="close" label="Close parameters" onClick={onClose} />
      </header>
      <label class="field">
        <span>System prompt</span>
        <textarea rows={4} value={system} onInput={(event) => setSystem(event.currentTarget.value)} />
      </label>
      <div class="numbers">
        {numbers.map((one) => (
          <NumberField key={one.setting} {...one} value={current[one.setting]} />
        ))}
      </div>
      <label class="field">
        <span>Thinking</span>
        <select value={current.effort} onChange={(event) => changeSettings({ effort: event.currentTarget.value })}>
          <option value="">as the model does</option>
          <option value="none">off</option>
          <option value="low">low</option>
          <option value="medium">medium</option>
          <option value="high">high</option>
        </select>
      </label>
      <JsonField name="schema" label="JSON schema" hint="Answers keep to it." value={current.schema} />
      <JsonField name="tools" label="Tools" hint="A JSON array in OpenAI's form." value={current.tools} />
      <label class="check">
        <input
          type="checkbox"
          checked={current.probabilities}
          onChange={(event) => changeSettings({ probabilities: event.currentTarget.checked })}
        />
        <span>Token probabilities</span>
      </label>
      <p class="hint">What is empty is as the model recommends.</p>
      <button type="button" class="plain" onClick={resetSettings}>
        Empty all
      </button>
    </aside>
  );
}

interface NumberFieldProps {
  readonly setting: TextSetting;
  readonly label: string;
  readonly value: string;
  readonly max?: number | undefined;
  readonly step: string;
  readonly hint: string;
}

function NumberField({ setting, label, value, max, step, hint }: NumberFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        min={0}
        max={max}
        step={step}
        placeholder="auto"
        title={hint}
        value={value}
        onInput={(event) => changeSettings({ [setting]: event.currentTarget.value })}
      />
    </label>
  );
}

interface JsonFieldProps {
  readonly name: "schema" | "tools";
  readonly label: string;
  readonly hint: string;
  readonly value: string;
}

function JsonField({ name, label, hint, value }: JsonFieldProps): JSX.Element {
  const problem = problemOf(label, value);
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={3}
        class="code-input"
        spellcheck={false}
        value={value}
        aria-invalid={problem !== undefined}
        onInput={(event) => changeSettings({ [name]: event.currentTarget.value })}
      />
      <span class={problem === undefined ? "hint" : "hint failure"}>{problem ?? hint}</span>
    </label>
  );
}

function problemOf(label: string, value: string): string | undefined {
  try {
    readJson(label, value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
