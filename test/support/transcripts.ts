/** Answers as models of each family write them, with the liberties that they take beside what their template writes. */

export interface Transcript {
  /** Which template of llama.cpp's source. */
  readonly template: string;
  readonly what: string;
  /** What the model wrote, control tokens included. */
  readonly wrote: string;
  /** Whether its template has begun the thoughts already. */
  readonly thinks?: true;
  /** Whether it departs from its template's form, which a grammar would not let it do. */
  readonly liberties?: true;
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly (readonly [name: string, given: unknown])[];
}

const rome = ["get_weather", { city: "Rome" }] as const;
const oslo = ["get_weather", { city: "Oslo", days: 3 }] as const;

export const transcripts: readonly Transcript[] = [
  {
    template: "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
    what: "a call on lines of its own",
    wrote: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>',
    calls: [rome],
  },
  {
    template: "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
    what: "arguments before the name, as its training data has it",
    liberties: true,
    wrote: '<tool_call>\n{"arguments": {"city": "Rome"}, "name": "get_weather"}\n</tool_call>',
    calls: [rome],
  },
  {
    template: "Qwen-Qwen2.5-7B-Instruct",
    what: "words before two calls",
    wrote:
      'Let me look both up.\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo", "days": 3}}\n</tool_call>',
    text: "Let me look both up.",
    calls: [rome, oslo],
  },
  {
    template: "Qwen-Qwen2.5-7B-Instruct",
    what: "a call without its end",
    wrote: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}',
    calls: [rome],
  },
  {
    template: "Qwen-Qwen2.5-7B-Instruct",
    what: "an answer with JSON that is no call",
    wrote: 'Here it is:\n```json\n{"name": "Ann", "arguments": []}\n```',
    text: 'Here it is:\n```json\n{"name": "Ann", "arguments": []}\n```',
  },
  {
    template: "Qwen-Qwen3-0.6B",
    what: "thoughts, then a call",
    wrote:
      '<think>\nOkay, the user wants the weather.\n</think>\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>',
    reasoning: "Okay, the user wants the weather.",
    calls: [rome],
  },
  {
    template: "Qwen-Qwen3-0.6B",
    what: "no thoughts where it was told so",
    wrote: "<think>\n\n</think>\n\nIt is sunny.",
    text: "It is sunny.",
  },
  {
    template: "Qwen-QwQ-32B",
    what: "thoughts that the template began, with a tag in them",
    wrote: "I could write <tool_call> now, but I need not.\n</think>\n\nIt is sunny.",
    thinks: true,
    reasoning: "I could write <tool_call> now, but I need not.",
    text: "It is sunny.",
  },
  {
    template: "Qwen3-Coder",
    what: "arguments in tags, code with tags of its own",
    wrote:
      '<tool_call>\n<function=run_python>\n<parameter=code>\nif 1 < 2:\n    print("<b>hi</b>")\n</parameter>\n</function>\n</tool_call>',
    calls: [["run_python", { code: 'if 1 < 2:\n    print("<b>hi</b>")' }]],
  },
  {
    template: "Qwen3-Coder",
    what: "numbers and lists in tags",
    wrote:
      '<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=search>\n<parameter=query>\n42\n</parameter>\n<parameter=tags>\n["a", "b"]\n</parameter>\n</function>\n</tool_call>',
    calls: [oslo, ["search", { query: "42", tags: ["a", "b"] }]],
  },
  {
    template: "meta-llama-Llama-3.1-8B-Instruct",
    what: "a call as JSON alone",
    wrote: '{"name": "get_weather", "parameters": {"city": "Rome"}}',
    calls: [rome],
  },
  {
    template: "meta-llama-Llama-3.1-8B-Instruct",
    what: "a call with its kind",
    wrote: '{"type": "function", "name": "get_weather", "parameters": {"city": "Rome"}}',
    calls: [rome],
  },
  {
    template: "meta-llama-Llama-3.1-8B-Instruct",
    what: "an answer that begins with a bracket",
    wrote: "{sunny} is what I would say.",
    text: "{sunny} is what I would say.",
  },
  {
    template: "meta-llama-Llama-3.2-3B-Instruct",
    what: "a call behind the token for Python",
    wrote: '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Rome"}}',
    calls: [rome],
  },
  {
    template: "meta-llama-Llama-3.3-70B-Instruct",
    what: "numbers",
    wrote: '{"name": "get_weather", "parameters": {"city": "Oslo", "days": 3}}',
    calls: [oslo],
  },
  {
    template: "mistralai-Mistral-Nemo-Instruct-2407",
    what: "two calls in a list, with ids",
    wrote:
      '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Rome"}, "id": "000000001"}, {"name": "get_weather", "arguments": {"city": "Oslo", "days": 3}, "id": "000000002"}]',
    calls: [rome, oslo],
  },
  {
    template: "mistralai-Mistral-Nemo-Instruct-2407",
    what: "a space behind the token, and no id",
    liberties: true,
    wrote: '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Rome"}}]',
    calls: [rome],
  },
  {
    template: "Mistral-Small-3.2-24B-Instruct-2506",
    what: "name, id and arguments behind tokens",
    wrote: '[TOOL_CALLS]get_weather[CALL_ID]123456789[ARGS]{"city": "Rome"}',
    calls: [rome],
  },
  {
    template: "unsloth-mistral-Devstral-Small-2507",
    what: "words before a call",
    wrote: 'I will look.[TOOL_CALLS]get_weather[ARGS]{"city": "Rome"}',
    text: "I will look.",
    calls: [rome],
  },
  {
    template: "mistralai-Ministral-3-14B-Reasoning-2512",
    what: "thoughts in tokens of their own",
    wrote: '[THINK]The weather, then.[/THINK][TOOL_CALLS]get_weather[ARGS]{"city": "Rome"}',
    reasoning: "The weather, then.",
    calls: [rome],
  },
  {
    template: "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
    what: "thoughts, then an answer",
    wrote: "Let me think.\nRome is in Italy.\n</think>\n\nIt is sunny.",
    thinks: true,
    reasoning: "Let me think.\nRome is in Italy.",
    text: "It is sunny.",
  },
  {
    template: "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
    what: "a call in a code block",
    wrote:
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Rome"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    calls: [rome],
  },
  {
    template: "deepseek-ai-DeepSeek-V3.1",
    what: "a call without a code block",
    wrote:
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Rome"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Oslo", "days": 3}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    calls: [rome, oslo],
  },
  {
    template: "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
    what: "thoughts and actions",
    wrote:
      '<|START_THINKING|>I should look at the weather.<|END_THINKING|><|START_ACTION|>[\n    {"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Rome"}}\n]<|END_ACTION|>',
    reasoning: "I should look at the weather.",
    calls: [rome],
  },
  {
    template: "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
    what: "a response between tokens",
    wrote: "<|START_THINKING|>Easy.<|END_THINKING|><|START_RESPONSE|>It is sunny.<|END_RESPONSE|>",
    reasoning: "Easy.",
    text: "It is sunny.",
  },
  {
    template: "CohereForAI-c4ai-command-r-plus-tool_use",
    what: "an action in a code block",
    wrote:
      'Action:```json\n[\n    {\n        "tool_name": "get_weather",\n        "parameters": {\n            "city": "Rome"\n        }\n    }\n]```',
    calls: [rome],
  },
  {
    template: "ibm-granite-granite-3.3-2B-Instruct",
    what: "a list behind a token",
    wrote: '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Rome"}}]',
    calls: [rome],
  },
  {
    template: "ibm-granite-granite-4.0",
    what: "calls in tags",
    wrote: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>',
    calls: [rome],
  },
  {
    template: "meetkai-functionary-medium-v3.1",
    what: "functions in tags",
    wrote: '<function=get_weather>{"city": "Rome"}</function>',
    calls: [rome],
  },
  {
    template: "meetkai-functionary-medium-v3.2",
    what: "words for all, then a call",
    wrote: 'all\nI will look.>>>get_weather\n{"city": "Rome"}',
    text: "I will look.",
    calls: [rome],
  },
  {
    template: "meetkai-functionary-medium-v3.2",
    what: "a call alone",
    wrote: 'get_weather\n{"city": "Rome"}',
    calls: [rome],
  },
  {
    template: "fireworks-ai-llama-3-firefunction-v2",
    what: "a list of calls",
    wrote: ' functools[{"name": "get_weather", "arguments": {"city": "Rome"}}]',
    calls: [rome],
  },
  {
    template: "openai-gpt-oss-120b",
    what: "an analysis, words and a call with its form",
    wrote:
      '<|channel|>analysis<|message|>We need the weather.<|end|><|start|>assistant<|channel|>commentary<|message|>I will look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Rome"}<|call|>',
    reasoning: "We need the weather.",
    text: "I will look.",
    calls: [rome],
  },
  {
    template: "openai-gpt-oss-120b",
    what: "the receiver before the channel",
    wrote:
      '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>{"city":"Rome"}<|call|>',
    reasoning: "Hm.",
    calls: [rome],
  },
  {
    template: "openai-gpt-oss-120b",
    what: "a final answer",
    wrote:
      "<|channel|>analysis<|message|>Simple.<|end|><|start|>assistant<|channel|>final<|message|>It is sunny.<|return|>",
    reasoning: "Simple.",
    text: "It is sunny.",
  },
  {
    template: "google-gemma-4-31B-it",
    what: "a call in Gemma's own notation",
    wrote: '<|tool_call>call:get_weather{city:<|"|>Oslo<|"|>,days:3}<tool_call|>',
    calls: [oslo],
  },
  {
    template: "GLM-4.6",
    what: "arguments in pairs of tags",
    wrote:
      "<think>Weather.</think>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>",
    reasoning: "Weather.",
    calls: [oslo],
  },
  {
    template: "Kimi-K2-Instruct",
    what: "names with numbers behind",
    wrote:
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Rome"}<|tool_call_end|><|tool_call_begin|>functions.get_weather:1<|tool_call_argument_begin|>{"city": "Oslo", "days": 3}<|tool_call_end|><|tool_calls_section_end|>',
    calls: [rome, oslo],
  },
  {
    template: "MiniMax-M2",
    what: "invocations with parameters",
    wrote:
      '<think>\nWeather.\n</think>\n\n<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Oslo</parameter>\n<parameter name="days">3</parameter>\n</invoke>\n</minimax:tool_call>',
    reasoning: "Weather.",
    calls: [oslo],
  },
  {
    template: "ByteDance-Seed-OSS",
    what: "tags of its own",
    wrote:
      "<seed:think>Weather.</seed:think><seed:tool_call>\n<function=get_weather>\n<parameter=city>Oslo</parameter>\n<parameter=days>3</parameter>\n</function>\n</seed:tool_call>",
    reasoning: "Weather.",
    calls: [oslo],
  },
  {
    template: "LFM2-8B-A1B",
    what: "Python between tokens",
    liberties: true,
    wrote: '<|tool_call_start|>[get_weather(city="Oslo", days=3)]<|tool_call_end|>Looking.',
    calls: [oslo],
  },
  {
    template: "NVIDIA-Nemotron-Nano-v2",
    what: "a list between tags",
    wrote:
      '<think>\nWeather.\n</think>\n\n<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Rome"}}]</TOOLCALL>',
    reasoning: "Weather.",
    calls: [rome],
  },
  {
    template: "microsoft-Phi-3.5-mini-instruct",
    what: "an answer of a model that was never taught tools",
    wrote: "It is sunny.",
    text: "It is sunny.",
  },
  {
    template: "Apertus-8B-Instruct",
    what: "calls keyed by their names",
    wrote: '<|tools_prefix|>[{"get_weather": {"city": "Rome"}}]<|tools_suffix|>',
    calls: [rome],
  },
];
