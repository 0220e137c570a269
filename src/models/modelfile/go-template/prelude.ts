/** Jinja that makes of a conversation what Ollama gives to Go templates. */

const start =
  "{% set v = namespace(system='', told=false, messages=[], tools=[], think=false, level='') %}" +
  "{% set v.think = enable_thinking is defined and enable_thinking %}" +
  "{% set v.level = reasoning_effort if reasoning_effort is defined else '' %}";

/** Messages of one role that follow each other are one, but for tools' answers; what they call is the first one's. */
export const messagesPrelude =
  start +
  "{% for m in messages %}{% set c = m.content or '' %}" +
  "{% if m.role == 'system' %}{% set v.system = v.system ~ '\\n\\n' ~ c if v.told else c %}{% set v.told = true %}{% endif %}" +
  "{% if v.messages and v.messages[-1]['role'] == m.role and m.role != 'tool' %}{% set p = v.messages[-1] %}" +
  "{% set v.messages = v.messages[:-1] + [{'role': p['role'], 'content': p['content'] ~ '\\n\\n' ~ c," +
  " 'thinking': p['thinking'], 'tool_calls': p['tool_calls'], 'tool_name': p['tool_name']," +
  " 'tool_call_id': p['tool_call_id']}] %}{% else %}" +
  "{% set v.messages = v.messages + [{'role': m.role, 'content': c, 'thinking': m.thinking or ''," +
  " 'tool_calls': m.tool_calls or [], 'tool_name': m.name or '', 'tool_call_id': m.tool_call_id or ''}] %}" +
  "{% endif %}{% endfor %}" +
  "{% if tools is defined and tools %}{% for t in tools %}{% set f = t.function %}" +
  "{% if f.description %}{% set v.tools = v.tools + [t] %}{% else %}" +
  "{% set v.tools = v.tools + [{'type': t.type, 'function': {'name': f.name, 'parameters': f.parameters}}] %}" +
  "{% endif %}{% endfor %}{% endif %}";

/** A turn is what the system says, a prompt and a response, and begins where there is one of these already. */
export const turnsPrelude =
  start +
  "{% set v.turns = [] %}{% set v.prompt = '' %}{% set v.response = '' %}{% set v.prior = '' %}{% set v.joined = [] %}" +
  "{% for m in messages %}{% set c = m.content or '' %}" +
  "{% if v.joined and v.joined[-1]['role'] == m.role and m.role != 'tool' %}" +
  "{% set v.joined = v.joined[:-1] + [{'role': m.role, 'content': v.joined[-1]['content'] ~ '\\n\\n' ~ c}] %}" +
  "{% else %}{% set v.joined = v.joined + [{'role': m.role, 'content': c}] %}{% endif %}{% endfor %}" +
  "{% for m in v.joined %}" +
  "{% if (m.role == 'system' and (v.prompt or v.response)) or (m.role == 'user' and v.response) %}" +
  "{% set v.turns = v.turns + [{'system': v.system, 'prompt': v.prompt, 'response': v.response}] %}" +
  "{% set v.system = '' %}{% set v.prompt = '' %}{% set v.response = '' %}{% endif %}" +
  "{% if m.role == 'system' %}{% set v.system = m.content %}{% elif m.role == 'user' %}{% set v.prompt = m.content %}" +
  "{% elif m.role == 'assistant' %}{% set v.response = m.content %}{% endif %}{% endfor %}";

/** What stands around the last turn. */
export const lastTurn = "{% set turn = {'system': v.system, 'prompt': v.prompt, 'response': v.response} %}";
