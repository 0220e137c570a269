/** Grammars of several kinds, to use and to damage. */
export const GRAMMARS: readonly string[] = [
  'root ::= "yes" | "no"',
  'root ::= object\nvalue ::= object | array | string | number | "true" | "false" | "null"\n' +
    'object ::= "{" ws (pair ("," ws pair)*)? "}" ws\npair ::= string ":" ws value\narray ::= "[" ws (value ("," ws value)*)? "]" ws\n' +
    'string ::= "\\"" ([^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}))* "\\"" ws\n' +
    'number ::= "-"? ([0-9] | [1-9] [0-9]{0,15}) ("." [0-9]+)? ws\nws ::= | " " | "\\n" [ \\t]{0,20}',
  '# a comment\nroot ::= (word " "){2,5} word # another\nword ::= [a-z]+',
  'root ::= "the " ("world"? " "?)* [^\\n]{1,3} "."',
  'root ::= .{0,20} "\\u00e9" "\\U0001F642" [α-ω]* [-a-z] [\\]\\[]',
  "root ::= <|im_start|> [a-z]+ <|im_end|>",
  "root ::= <[7]> !<[9]>* <[9]>",
  'root ::= ( "a" | ( "b" | ( "c" | "d" "e"? )+ )* )\r\nunused ::= root',
];
