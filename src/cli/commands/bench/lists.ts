import { InvalidArgumentError } from "commander";
import { wholeNumber } from "../../parse-number.js";

/** Makes a parser of lists of whole numbers, such as `1,2,4`. */
export function numbers(least: number, most: number): (text: string) => readonly number[] {
  const one = wholeNumber(least, most);
  return (text) => [...new Set(text.split(",").map(one))];
}

/** Makes a parser of lists of known words. */
export function words<Word extends string>(known: readonly Word[]): (text: string) => readonly Word[] {
  return (text) => [
    ...new Set(
      text.split(",").map((word) => {
        const found = known.find((each) => each === word);
        if (found === undefined) throw new InvalidArgumentError(`It must be of ${known.join(", ")}.`);
        return found;
      }),
    ),
  ];
}
