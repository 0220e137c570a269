import type { JSX } from "preact";
import { useStore } from "../store.js";
import { IconButton } from "./icon-button.js";
import { setTheme, theme, type Theme } from "./theme.js";

const next: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const icons = { auto: "auto", light: "sun", dark: "moon" } as const;
const names: Readonly<Record<Theme, string>> = { auto: "as the system", light: "light", dark: "dark" };

export function ThemeSwitch(): JSX.Element {
  const current = useStore(theme);
  return (
    <IconButton
      icon={icons[current]}
      label={`Colours: ${names[current]}. Change to ${names[next[current]]}`}
      onClick={() => setTheme(next[current])}
    />
  );
}
