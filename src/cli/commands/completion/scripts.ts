/**
 * What shells are told: to ask `mullama complete` with the words so far. It answers with lines of a word, a tab and what
 * the word means; a line `:files` says that a file may stand there, and behind a tab, which.
 */
export const scripts = {
  bash: `# mullama: completion for bash
_mullama() {
  local IFS=$' \\t\\n' rest="\${COMP_LINE:0:COMP_POINT}" current="" word meaning files="" i
  local -a words=()
  # Bash takes a colon, and some others, for the end of a word. What nothing stands between is one word for us.
  for (( i = 0; i <= COMP_CWORD; i++ )); do
    word="\${COMP_WORDS[i]}"
    (( i == COMP_CWORD )) && word="\${rest#"\${rest%%[![:space:]]*}"}"
    if (( i > 0 )) && [[ "$rest" != [[:space:]]* ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    rest="\${rest#*"$word"}"
  done
  current="\${words[\${#words[@]}-1]#[\\"\\']}"
  words[\${#words[@]}-1]="$current"
  COMPREPLY=()
  while IFS=$'\\t' read -r word meaning; do
    if [[ "$word" == ":files" ]]; then
      files="\${meaning:-*}"
    elif [[ "$word" == "$current"* ]]; then
      COMPREPLY+=("$word")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2> /dev/null)
  # Bash itself is best at files.
  [[ -n "$files" && \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default 2> /dev/null && return
  if [[ -n "$files" ]]; then
    while IFS= read -r word; do
      if [[ -d "$word" ]]; then
        COMPREPLY+=("$(printf %q "$word")/")
      elif [[ "$word" == $files ]]; then
        COMPREPLY+=("$(printf %q "$word")")
      fi
    done < <(compgen -f -- "$current")
  fi
  # Bash replaces what it takes for the last word only.
  COMPREPLY=("\${COMPREPLY[@]#"\${current%"$2"}"}")
}
complete -F _mullama mullama
`,
  zsh: `#compdef mullama
_mullama() {
  local -a found
  local word meaning files
  while IFS=$'\\t' read -r word meaning; do
    if [[ "$word" == ":files" ]]; then
      files="\${meaning:-*}"
    else
      found+=("\${word//:/\\\\:}\${meaning:+:$meaning}")
    fi
  done < <("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2> /dev/null)
  (( \${#found} )) && _describe mullama found
  [[ -n "$files" ]] && _files -g "$files"
}
if [[ "\${funcstack[1]}" == "_mullama" ]]; then
  _mullama "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _mullama mullama
fi
`,
  fish: `# mullama: completion for fish
function __mullama_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string trim --left --chars "\\"'")
    for line in ($words[1] complete -- $words[2..] "$current" 2> /dev/null)
        if string match -q ":files*" -- $line
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c mullama -f -a "(__mullama_complete)"
`,
} as const;
