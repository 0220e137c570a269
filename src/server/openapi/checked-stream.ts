/** The same answer; each of its pieces is given to `check`, and what that throws breaks it off. */
export function checkedStream(response: Response, separator: string, check: (piece: string) => void): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) return response;
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string): void => {
    const pieces = (rest + text).split(separator);
    rest = pieces.pop() ?? "";
    for (const piece of pieces) check(piece);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        take(decoder.decode(value, { stream: true }));
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const { status, headers } = response;
  return new Response(body, { status, headers });
}
