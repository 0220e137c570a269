import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { TokenProbability } from "../server/chat-stream.js";
import { levelOf, percent, tokenTexts, visibleText } from "./token-text.js";

/** An answer token by token, coloured by how likely each was; what else could have come is told of the one pointed at. */
export function TokenView({ tokens }: { readonly tokens: readonly TokenProbability[] }): JSX.Element {
  const texts = useMemo(() => tokenTexts(tokens), [tokens]);
  const [chosen, choose] = useState(0);
  const point = ({ target }: Event): void => {
    const place = target instanceof HTMLElement ? target.dataset["place"] : undefined;
    if (place !== undefined) choose(Number(place));
  };
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -tokens.length, End: tokens.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(tokens.length - 1, chosen + by)));
  };
  return (
    <div class="odds">
      <div
        class="tokens"
        role="application"
        aria-label="Tokens; arrow keys go from one to the next"
        aria-describedby="token-detail"
        tabIndex={0}
        onMouseOver={point}
        onClick={point}
        onKeyDown={step}
      >
        {tokens.map(({ logprob }, index) => (
          <span
            key={index}
            data-place={index}
            class={`token level-${levelOf(logprob)}${index === chosen ? " chosen" : ""}`}
          >
            {texts[index]}
          </span>
        ))}
      </div>
      <TokenDetail token={tokens[chosen]} place={chosen} count={tokens.length} />
    </div>
  );
}

interface TokenDetailProps {
  readonly token: TokenProbability | undefined;
  readonly place: number;
  readonly count: number;
}

function TokenDetail({ token, place, count }: TokenDetailProps): JSX.Element | null {
  if (token === undefined) return null;
  const others = token.top_logprobs.filter((one) => one.token !== token.token);
  return (
    <div class="token-detail" id="token-detail" aria-live="polite">
      <p class="token-place">
        token {place + 1} of {count}
      </p>
      <table>
        <caption class="hidden">The token and its alternatives</caption>
        <tbody>
          {[token, ...others].map((one, index) => (
            <tr key={index} class={index === 0 ? "taken" : ""}>
              <td>
                <code>{visibleText(one.token)}</code>
              </td>
              <td>{percent(one.logprob)}</td>
              <td class="share">
                <meter min={0} max={1} value={Math.exp(one.logprob)} aria-hidden="true" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
