/**
 * What a shell runs when Tab is pressed: it hands over the words up to the cursor and shows what comes back.
 *
 * The scripts know nothing of commands and flags, so they never are older than the program.
 */
import type { Shell } from './shell.js';

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/**
 * Bash takes a word apart at `=`, `:` and `@`; it is put together again here, and what bash will not replace is cut off
 * from what is offered. Also for the bash 3.2 of macOS.
 */
const BASH = `# bash completion of supertask: source <(supertask completion bash)
_supertask() {
  local rest="\${COMP_LINE:0:COMP_POINT}" words=() count=0 blank word index
  for ((index = 0; index <= COMP_CWORD; index++)); do
    blank="\${rest%%[![:space:]]*}"
    rest="\${rest#"$blank"}"
    word="\${COMP_WORDS[index]}"
    ((index == COMP_CWORD)) && word="$rest"
    rest="\${rest#"$word"}"
    if [[ -n $blank || $index -eq 0 ]]; then
      words[count++]="$word"
    else
      words[count - 1]+="$word"
    fi
  done
  local current="\${words[count - 1]}" kept="" at
  for ((at = \${#current}; at > 0; at--)); do
    if [[ $COMP_WORDBREAKS == *"\${current:at-1:1}"* ]]; then
      kept="\${current:0:at}"
      break
    fi
  done
  local line directives="" program="\${words[0]/#\\~/$HOME}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directives=" \${line#:} "
    else
      line="\${line%%$'\\t'*}"
      COMPREPLY+=("\${line#"$kept"}")
    fi
  done < <("$program" __complete "--current=$current" -- "\${words[@]:1:count-2}" 2>/dev/null)
  [[ $directives == *" joined "* ]] && compopt -o nospace 2>/dev/null
  local value="$current" action=""
  [[ $current == --*=* ]] && value="\${current#*=}"
  [[ $directives == *" files "* ]] && action=-f
  [[ $directives == *" directories "* ]] && action=-d
  if [[ -n $action ]]; then
    # It would quote what is no file, too.
    ((\${#COMPREPLY[@]})) || compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$action" -- "$value")
  fi
}
complete -F _supertask supertask
`;

const ZSH = `#compdef supertask
# zsh completion of supertask: source <(supertask completion zsh), after compinit; or a file _supertask on fpath
_supertask() {
  local line directives=""
  local -a before values shown
  before=("\${(@Q)words[2,CURRENT-1]}")
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directives=" \${line#:} "
    else
      values+=("\${line%%$'\\t'*}")
      if [[ -n \${line#*$'\\t'} ]]; then
        shown+=("\${line%%$'\\t'*}  -- \${line#*$'\\t'}")
      else
        shown+=("\${line%%$'\\t'*}")
      fi
    fi
  done < <("\${(Q)words[1]}" __complete "--current=\${(Q)PREFIX}" -- "\${before[@]}" 2>/dev/null)
  local -a how
  [[ $directives == *" joined "* ]] && how=(-S '')
  local found=1
  (( \${#values} )) && compadd -l "\${how[@]}" -d shown -a values && found=0
  if [[ $directives == *" files "* ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files && found=0
  elif [[ $directives == *" directories "* ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files -/ && found=0
  fi
  return found
}
if [[ $funcstack[1] == _supertask ]]; then
  _supertask "$@"
else
  compdef _supertask supertask
fi
`;

const FISH = `# fish completion of supertask: supertask completion fish > ~/.config/fish/completions/supertask.fish
function __supertask_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    set -l before
    test (count $words) -gt 1; and set before $words[2..-1]
    set -l directives
    for line in ($words[1] __complete "--current=$current" -- $before 2>/dev/null)
        if string match -q ':*' -- $line
            set directives (string split ' ' -- (string sub -s 2 -- $line))
        else
            printf '%s\\n' $line
        end
    end
    set -l head (string match -r '^--[^=]*=' -- $current)
    set -l value (string replace -r '^--[^=]*=' '' -- $current)
    if contains files $directives
        for path in (__fish_complete_path "$value")
            printf '%s\\n' "$head$path"
        end
    else if contains directories $directives
        for path in (__fish_complete_directories "$value" '')
            printf '%s\\n' "$head$path"
        end
    end
end
complete -c supertask -f -a '(__supertask_complete)'
`;

/** Without an answer PowerShell completes names of files by itself. */
const POWERSHELL = `# PowerShell completion of supertask: supertask completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'supertask' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($_.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '') } |
        ForEach-Object { $_.Extent.Text })
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)
    & $program __complete "--current=$wordToComplete" '--' @before 2>$null | ForEach-Object {
        if (-not $_.StartsWith(':')) {
            $value, $about = $_ -split "\`t", 2
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
        }
    }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };
