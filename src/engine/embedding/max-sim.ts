import { ArgumentError } from "../../errors.js";

/**
 * Scores a document for a query by late interaction (ColBERT's MaxSim): for each token of the query, the greatest dot
 * product with a token of the document, summed up.
 *
 * @param query vectors of the query's tokens, one after another, as `embed` gives them with `pooling: "none"`
 * @param document vectors of the document's tokens
 * @param size numbers of one vector
 * @throws {ArgumentError} where a length is no whole number of vectors
 * @see Khattab and Zaharia, "ColBERT" (2020)
 */
export function maxSim(query: Float32Array, document: Float32Array, size: number): number {
  for (const [name, vectors] of Object.entries({ query, document })) {
    if (vectors.length === 0 || vectors.length % size !== 0)
      throw new ArgumentError(name, `one or more vectors of ${size} numbers`, vectors);
  }
  let score = 0;
  for (let q = 0; q < query.length; q += size) {
    let best = -Infinity;
    for (let d = 0; d < document.length; d += size) best = Math.max(best, dot(query, q, document, d, size));
    score += best;
  }
  return score;
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index++) sum += (a[atA + index] ?? 0) * (b[atB + index] ?? 0);
  return sum;
}
