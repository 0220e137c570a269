/** Texts in several scripts, with emoji, combining marks, right-to-left, controls and odd spaces. */
export const SCRIPTS: readonly string[] = [
  "", " ", "hello world", "Hello, World! 123", "  two  spaces  ", "line\nline\r\n\ttab", "\u0000zero\u0000", "ÄÖÜ ß éèê ñ", "e\u0301 n\u0303",
  "Привет, мир", "Γειά σου Κόσμε", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "你好，世界", "こんにちは世界", "안녕하세요 세계",
  "👋🏽 🏳️‍🌈 👩‍👩‍👧‍👦 🇳🇴", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈", "\u00a0\u3000\u200b", "\uFEFFbyte order mark", "<|im_start|>user\n<s></s><unk>",
];
