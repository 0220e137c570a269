import type { ApiDescription, Operation } from "./operation.js";

/** An operation, and the API that it is of. */
export interface FoundOperation {
  readonly api: ApiDescription;
  readonly operation: Operation;
}

/** The operation that a request asks for; of several, the one whose path has no parameters. */
export function findOperation(
  apis: readonly ApiDescription[],
  method: string,
  path: string,
): FoundOperation | undefined {
  const all = apis.flatMap((api) => api.operations.map((operation) => ({ api, operation })));
  const fitting = all.filter(({ operation }) => operation.method === method.toLowerCase());
  return (
    fitting.find(({ operation }) => operation.path === path) ??
    fitting.find(({ operation }) => formOf(operation.path).test(path))
  );
}

function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, ".+")}$`);
}
