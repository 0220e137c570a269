import { Store } from "../store.js";

export type Theme = "auto" | "light" | "dark";

const KEY = "mullama.theme";

export const theme = new Store<Theme>(readTheme());

function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

function show(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

export function setTheme(value: Theme): void {
  theme.value = value;
  localStorage.setItem(KEY, value);
  show();
}

show();
