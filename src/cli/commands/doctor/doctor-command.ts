import { ExitCode } from "../../exit-code.js";
import { painterFor, type Painter } from "../../terminal/color.js";
import { span, paintLine } from "../../terminal/span.js";
import { wrapSpans } from "../../terminal/wrap.js";
import { printJson, printLines } from "../command.js";
import type { DoctorOptions } from "./add-doctor.js";
import type { Finding, Section } from "./finding.js";
import { librarySection } from "./look-at-library.js";
import { machineSection } from "./look-at-machine.js";
import { networkSection } from "./look-at-network.js";
import { storeSection } from "./look-at-store.js";

/** `mullama doctor`: what is fine on this machine, and what is not. @returns the exit status */
export async function doctorCommand({
  network = false,
  json = false,
}: Partial<Record<keyof DoctorOptions, boolean>>): Promise<number> {
  const sections: Section[] = [machineSection(), librarySection(), await storeSection(), await networkSection(network)];
  const findings = sections.flatMap((section) => section.findings);
  const count = findings.filter(({ state }) => state === "wrong").length;
  if (json) printJson({ ok: count === 0, sections });
  else printLines([...sections.flatMap((section) => sectionLines(section)), summary(count)]);
  return count === 0 ? ExitCode.ok : ExitCode.failure;
}

const MARKS = { fine: "✓", info: "·", note: "!", wrong: "✗" } as const;
const COLOURS = { fine: "green", info: "dim", note: "yellow", wrong: "red" } as const;

function sectionLines({ title, findings }: Section): string[] {
  const paint = painterFor(process.stdout);
  const room = Math.max(...findings.map(({ what }) => what.length));
  return [paint(["bold"], title), ...findings.flatMap((finding) => findingLines(finding, room, paint)), ""];
}

function findingLines({ what, state, found, advice }: Finding, room: number, paint: Painter): string[] {
  const before = room + 6;
  const width = (process.stdout.columns ?? Infinity) - before - 1;
  const spans = [span(found), ...(advice === undefined ? [] : [span(`\n${advice}`, "dim")])];
  return wrapSpans(spans, Math.max(20, width)).map((line, index) => {
    const head = `  ${paint([COLOURS[state]], MARKS[state])} ${what.padEnd(room)}  `;
    return (index === 0 ? head : " ".repeat(before)) + paintLine(line, paint);
  });
}

function summary(count: number): string {
  const paint = painterFor(process.stdout);
  if (count === 0) return paint(["green"], "All is well.");
  return paint(["red"], count === 1 ? "One thing is wrong." : `${count} things are wrong.`);
}
