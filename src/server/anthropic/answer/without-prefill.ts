/** Takes the beginning of an answer, which the client has written, off the texts that it comes in. */
export function withoutPrefill(prefill: string): (text: string) => string {
  let rest = prefill.trimStart();
  return (text) => {
    if (rest === "") return text;
    const length = Math.min(rest.length, text.length);
    if (rest.slice(0, length) !== text.slice(0, length)) {
      rest = "";
      return text;
    }
    rest = rest.slice(length);
    return text.slice(length);
  };
}
