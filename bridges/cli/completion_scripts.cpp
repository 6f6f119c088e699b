// What each shell evaluates: all of them ask the program, which knows its own words.
#include <array>

#include "bridges/cli/completion.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr const char* bash = R"script(# In ~/.bashrc: eval "$(nightshift completion bash)"
_nightshift() {
  # Bash splits at its own breaks ("=" among them): words are what stands between spaces.
  local line=${COMP_LINE:0:COMP_POINT} words=() part i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if [[ $i == 0 || $line == [[:space:]]* ]]; then
      words+=("")
      line=${line#"${line%%[![:space:]]*}"}
    fi
    part=${COMP_WORDS[i]:0:${#line}}
    words[-1]+=$part
    line=${line:${#part}}
  done
  # Only what stands behind the last break is replaced; an "@" belongs to what it begins.
  local last=${words[-1]} kept word about file at=
  kept=${last%"${last##*[${COMP_WORDBREAKS//[[:space:]@\"\']/}]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word about; do
    if [[ $word != " files" ]]; then
      COMPREPLY+=("${word#"$kept"}")
      continue
    fi
    last=${last#"$kept"}
    last=${last//\\/}
    [[ $last != @* ]] || at=@
    while IFS= read -r file; do
      [[ ! -d $file ]] || file+=/
      printf -v file %q "$file"
      COMPREPLY+=("$at${file/#\\~/\~}")
    done < <(compgen -f -- "${last#@}")
  done < <("${words[0]/#\~/$HOME}" completion words -- "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} != 1 || $COMPREPLY != *[=/] ]] || compopt -o nospace
}
complete -F _nightshift nightshift
)script";

constexpr const char* zsh = R"script(#compdef nightshift
# In ~/.zshrc, behind compinit: eval "$(nightshift completion zsh)"
_nightshift() {
  local -a lines whole whole_shown open open_shown
  local line word
  lines=("${(@f)$("${(e)~words[1]}" completion words -- \
    "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  for line in $lines; do
    word=${line%%$'\t'*}
    if [[ $word == " files" ]]; then
      compset -P '*=(@|)'
      _files
    elif [[ $word == *[=/] ]]; then
      open+=("$word")
      open_shown+=("${line/$'\t'/  -- }")
    else
      whole+=("$word")
      whole_shown+=("${line/$'\t'/  -- }")
    fi
  done
  (($#open)) && compadd -Q -S '' -l -d open_shown -- $open
  (($#whole)) && compadd -Q -l -d whole_shown -- $whole
}
if [[ ${funcstack[1]} == _nightshift ]]; then
  _nightshift "$@"
else
  compdef _nightshift nightshift
fi
)script";

constexpr const char* fish = R"script(# nightshift completion fish | source
function __nightshift_words
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program completion words -- $words "$last" 2>/dev/null)
        if test "$line" = " files"
            set -l kept (string match -r '^.*=@?' -- "$last")
            set -l tail (string unescape -- (string replace -- "$kept" "" "$last"))
            for path in (__fish_complete_path "$tail")
                echo "$kept$path"
            end
        else
            echo $line
        end
    end
end
complete -c nightshift -f -a '(__nightshift_words)'
)script";

}  // namespace

const char* completion_script(std::string_view shell) {
  constexpr std::array<std::pair<std::string_view, const char*>, 3> scripts{
      {{"bash", bash}, {"zsh", zsh}, {"fish", fish}}};
  for (const auto& [name, script] : scripts) {
    if (name == shell) return script;
  }
  return nullptr;
}

}  // namespace nightshift::bridges::cli
