import assert from "node:assert/strict";

/** The data of each server-sent event. @throws where the last one was cut off */
export function sseData(text: string): readonly string[] {
  assert.ok(text.endsWith("\n\n"), `the last event is cut off: ${text.slice(-200)}`);
  const events = text.split("\n\n").filter((event) => event !== "" && !event.startsWith(":"));
  return events.map((event) =>
    event
      .split("\n")
      .filter((line) => line.startsWith("data: "))
      .map((line) => line.slice("data: ".length))
      .join("\n"),
  );
}

/** The values of newline-delimited JSON. @throws where the last one was cut off */
export function ndjsonValues(text: string): readonly unknown[] {
  assert.ok(text.endsWith("\n"), `the last line is cut off: ${text.slice(-200)}`);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
