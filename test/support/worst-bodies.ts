/** Requests each of which would keep a server's thread busy for seconds, if that worked on them. */
export interface WorstBody {
  readonly path: string;
  readonly body: string;
}

const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);
const messages = [{ role: "user", content: "a" }];
const chat = (fields: object): WorstBody => ({
  path: "/v1/chat/completions",
  body: JSON.stringify({ model: "tiny", messages, max_tokens: 1, ...fields }),
});
const held = (schema: object): WorstBody =>
  chat({ response_format: { type: "json_schema", json_schema: { schema, strict: true } } });
const generate = (fields: object): WorstBody => ({
  path: "/api/generate",
  body: JSON.stringify({ model: "tiny", prompt: "a", options: { num_predict: 1 }, ...fields }),
});
const complete = (fields: object): WorstBody => ({
  path: "/completion",
  body: JSON.stringify({ model: "tiny", prompt: "a", n_predict: 1, ...fields }),
});
const tool = (name: string): object => ({
  type: "function",
  function: { name, description: "A tool", parameters: { type: "object", properties: { a: { type: "string" } } } },
});

export const worstBodies: Readonly<Record<string, () => WorstBody>> = {
  "an exponential pattern": () => held({ type: "string", pattern: "^(a|b)*a(a|b){20}$" }),
  "nested repetitions": () => held({ type: "string", pattern: "^((((a{1,100}){1,100}){1,100}){1,100}){1,100}$" }),
  "values that differ": () => held({ type: "array", uniqueItems: true, items: { enum: words(20_000) } }),
  "a large enum": () => held({ enum: words(200_000) }),
  "a schema as deep as is read": () =>
    held(words(28).reduce<object>((inside, name) => ({ type: "object", properties: { [name]: inside } }), {})),
  "20,000 tools": () => chat({ tools: words(20_000).map(tool) }),
  "1,000 tools": () => chat({ tools: words(1000).map(tool) }),
  "20,000 tools, of which one must be called": () => chat({ tools: words(20_000).map(tool), tool_choice: "required" }),
  "large variables of the template": () => chat({ chat_template_kwargs: { x: words(500_000) } }),
  "variables that take its own ones' places": () => chat({ chat_template_kwargs: { tools: words(200_000) } }),
  "100,000 messages": () => chat({ messages: words(100_000).map((content) => ({ role: "user", content })) }),
  "a million tokens": () => complete({ prompt: Array.from({ length: 1_000_000 }, () => 5) }),
  "as many tokens as are read": () => complete({ prompt: Array.from({ length: 290_000 }, () => 5) }),
  "texts among tokens": () =>
    complete({ prompt: Array.from({ length: 100_000 }, (_, at) => (at % 2 === 0 ? "a" : 5)) }),
  "an endless template": () =>
    generate({ template: "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}" }),
  "a template that fills the memory": () =>
    generate({
      template: "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(90) %}{% set n.s = n.s + n.s %}{% endfor %}",
    }),
  "a template of a million signs": () => generate({ template: "{{ x }}".repeat(150_000) }),
  "a template of Go, a million signs long": () =>
    generate({ template: "{{ if .Prompt }}{{ .Prompt }}{{ end }}".repeat(25_000) }),
  "a schema for a plain text": () => complete({ json_schema: { type: "string", pattern: "^(a|b)*a(a|b){20}$" } }),
  "a format of Ollama's": () => generate({ format: { type: "string", pattern: "^(a|b)*a(a|b){20}$" } }),
  "a grammar with many repetitions": () => complete({ grammar: 'root ::= (("a"{0,1000}){0,1000}){0,1000}' }),
  "a grammar of a megabyte": () =>
    complete({
      grammar: `root ::= ${words(60_000)
        .map((word) => `"${word}"`)
        .join(" | ")}`,
    }),
  "a grammar with long ways": () =>
    complete({
      grammar: [
        ...words(20_000).map((name, index) => `${name} ::= "a" w${index + 1}`),
        'w20000 ::= "b"',
        "root ::= w0",
      ].join("\n"),
    }),
};
