/** What a promise gives, or undefined where it has given nothing after so many milliseconds. */
export async function settledWithin<Value>(
  promise: Promise<Value>,
  ms: number | undefined,
): Promise<Value | undefined> {
  if (ms === undefined) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
