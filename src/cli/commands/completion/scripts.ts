/**
 * What shells are told: to ask `mullama complete` with the words so far. It answers with lines of a word, a tab and what
 * the word means; a line `:files` says that a file may stand there.
 */
export const scripts = {
  bash: `# mullama: completion for bash
_mullama() {
  local current words line
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:COMP_POINT-1:1}" == " " ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    if [[ "$line" == ":files" ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    elif [[ "$line" == "$current"* ]]; then
      COMPREPLY+=("$line")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2> /dev/null)
  # A colon ends a word for bash, but not for us.
  if [[ "$current" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    local prefix="\${current%"\${current##*:}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$prefix"}")
  fi
}
complete -F _mullama mullama
`,
  zsh: `#compdef mullama
_mullama() {
  local -a found
  local word meaning files
  while IFS=$'\\t' read -r word meaning; do
    if [[ "$word" == ":files" ]]; then
      files=1
    else
      found+=("\${word//:/\\\\:}\${meaning:+:$meaning}")
    fi
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)
  (( \${#found} )) && _describe mullama found
  [[ -n "$files" ]] && _files
}
if [[ "\${funcstack[1]}" == "_mullama" ]]; then _mullama "$@"; else compdef _mullama mullama; fi
`,
  fish: `# mullama: completion for fish
function __mullama_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..] $current 2> /dev/null)
        if test "$line" = ":files"
            __fish_complete_path $current
        else
            echo $line
        end
    end
end
complete -c mullama -f -a "(__mullama_complete)"
`,
} as const;
