/** One call for each answer that is wanted; where the seed is given, each has one of its own. */
export function answersTo<Call extends { readonly options: { readonly seed?: number } }>(
  call: Call,
  count: number,
): Call[] {
  const { seed } = call.options;
  return Array.from({ length: count }, (_, index) =>
    seed === undefined || index === 0 ? call : { ...call, options: { ...call.options, seed: seed + index } },
  );
}
