/** What several sources give, as it comes, with the number of the source. When its reader leaves, all are returned from. */
export async function* merge<Item>(
  sources: readonly AsyncIterable<Item>[],
): AsyncGenerator<readonly [source: number, item: Item], void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const step = async (
    index: number,
  ): Promise<{ index: number; result: IteratorResult<Item, unknown> | undefined }> => ({
    index,
    result: await iterators[index]?.next(),
  });
  const next = new Map(iterators.map((_, index) => [index, step(index)]));
  // One that fails is heard of when its turn comes, or by nobody.
  for (const one of next.values()) one.catch(() => undefined);
  try {
    while (next.size > 0) {
      const { index, result } = await Promise.race(next.values());
      if (result === undefined || result.done === true) {
        next.delete(index);
        continue;
      }
      yield [index, result.value];
      const following = step(index);
      following.catch(() => undefined);
      // The others get their turn first.
      next.delete(index);
      next.set(index, following);
    }
  } finally {
    await Promise.allSettled(iterators.map(async (iterator) => iterator.return?.()));
  }
}
