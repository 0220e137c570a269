/** The files that a thread or a process of an engine begins with; bundlers know this form of naming them. */
export const workerEntry = new URL("./worker-entry.js", import.meta.url);
export const childEntry = new URL("./child-entry.js", import.meta.url);

/** Of Node's own options those that say what to run, and how to watch it; the others hold for an engine too. */
const notInherited = /^(--input-type|--eval|-e|--print|-p|-pe|--test|--watch|--inspect|--check|-c|--interactive|-i)/;

/** The options of this process that a thread or a process of an engine takes over. */
export function inheritedOptions(): string[] {
  const code = process.execArgv.findIndex((option) => /^(--eval|-e|--print|-p|-pe)$/.test(option));
  return process.execArgv.filter((option, index) => !notInherited.test(option) && index !== (code < 0 ? -1 : code + 1));
}
