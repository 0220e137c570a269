/** A template of single turns, up to where the model's answer goes: what Ollama writes for the last turn. */
import { type Expression, type GoTemplate, type Node, type Pipeline, Refusal } from "./syntax.js";

/** Every name of a field that a template uses, and those of its variables' fields. */
export function fieldNames({ nodes, defined }: GoTemplate): Set<string> {
  const names = new Set<string>();
  const fromPipeline = ({ commands }: Pipeline): void => {
    for (const expression of commands.flat()) {
      if ("path" in expression) for (const name of expression.path) names.add(name.toLowerCase());
      if (expression.kind === "group") fromPipeline(expression.pipeline);
    }
  };
  const fromNodes = (list: readonly Node[]): void => {
    for (const node of list) {
      if ("pipeline" in node && node.pipeline !== undefined) fromPipeline(node.pipeline);
      if ("body" in node) {
        fromNodes(node.body);
        fromNodes(node.otherwise);
      }
    }
  };
  fromNodes(nodes);
  for (const list of defined.values()) fromNodes(list);
  return names;
}

/** The nodes up to the first `{{ .Response }}`, and none behind it, in no branch. */
export function cutAtResponse(nodes: readonly Node[]): { nodes: readonly Node[]; cut: boolean } {
  const kept: Node[] = [];
  for (const node of nodes) {
    if (node.kind === "action" && isResponse(node.pipeline)) return { nodes: kept, cut: true };
    if (!("body" in node)) {
      kept.push(node);
      continue;
    }
    const body = cutAtResponse(node.body);
    const otherwise = body.cut ? { nodes: [], cut: true } : cutAtResponse(node.otherwise);
    if (body.cut && node.otherwise.length > 0)
      throw new Refusal(node.at, "an answer in a branch that has another one behind it is not supported");
    kept.push({ ...node, body: body.nodes, otherwise: otherwise.nodes });
    if (otherwise.cut) return { nodes: kept, cut: true };
  }
  return { nodes: kept, cut: false };
}

function isResponse({ commands, at }: Pipeline): boolean {
  const expressions = commands.flat();
  if (!expressions.some(namesResponse)) return false;
  if (expressions.length > 1) throw new Refusal(at, "an answer that is given to a function is not supported");
  return true;
}

function namesResponse(expression: Expression): boolean {
  if (expression.kind === "field") return expression.path.includes("Response");
  return expression.kind === "group" && expression.pipeline.commands.flat().some(namesResponse);
}
