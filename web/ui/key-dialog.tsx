import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { keyWanted, setKey } from "../server/request.js";
import { watchModels } from "../server/models.js";
import { useStore } from "../store.js";
import { Dialog } from "./dialog.js";

/** Asks for an API key where the server wants one. */
export function KeyDialog(): JSX.Element | null {
  const why = useStore(keyWanted);
  const [key, change] = useState("");
  if (why === undefined) return null;
  const use = (event: Event): void => {
    event.preventDefault();
    if (key.trim() === "") return;
    setKey(key.trim());
    change("");
    void watchModels();
  };
  return (
    <Dialog title="API key" onClose={() => (keyWanted.value = undefined)}>
      <form onSubmit={use}>
        <p id="key-why">{why}</p>
        <label class="field">
          <span>Key</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            aria-describedby="key-why key-kept"
            onInput={(event) => change(event.currentTarget.value)}
          />
        </label>
        <p id="key-kept" class="hint">
          It is kept until this tab is closed.
        </p>
        <div class="actions">
          <button type="button" class="plain" onClick={() => (keyWanted.value = undefined)}>
            Not now
          </button>
          <button type="submit" class="primary">
            Use it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
