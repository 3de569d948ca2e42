#!/usr/bin/env bash
# Runs clang-tidy 14 on the sources that changed. Each is compiled alone here, whatever the builds do, so that one that
# lacks an include is found as well. Ends with status 1 when there is a finding.
#
#   scripts/tidy.sh                    since this branch left main; on main, since the commit before
#   scripts/tidy.sh --since COMMIT     since that commit
#   scripts/tidy.sh --all              every source
#   scripts/tidy.sh --limit SECONDS    begins no further source after this time, and says how many were left
#
# A changed header is checked with its own source, or with one that includes it. A clone that is too shallow to tell what
# changed has every source checked, or as many as the limit allows. How many were not looked at is said at the end.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
me=tidy
# shellcheck source=scripts/common.sh
source "$root/scripts/common.sh"
cd "$root"

usage() { sed -n '2,11p' "$0" | sed 's/^# \{0,1\}//'; }

since='' all='' limit=86400
while [ $# -gt 0 ]; do
  case $1 in
    --since | --limit)
      [ $# -ge 2 ] || { say "$1 needs a value"; exit 2; }
      if [ "$1" = --since ]; then since=$2; else limit=$2; fi
      shift
      ;;
    --all) all=yes ;;
    -h | --help) usage; exit 0 ;;
    *) say "found \"$1\", expected --since, --all or --limit"; exit 2 ;;
  esac
  shift
done

is_commit() { git rev-parse --quiet --verify "$1^{commit}" >/dev/null; }

# The commit that the checkout is compared with; nothing when the history does not reach that far.
base_commit() {
  local main base met=''
  for main in origin/HEAD origin/main main; do
    base=$(git merge-base HEAD "$main" 2>/dev/null) || continue
    met=yes
    if [ "$base" != "$(git rev-parse HEAD)" ]; then
      printf '%s' "$base"
      return
    fi
  done
  is_commit HEAD~1 || return 0
  [ -n "$met" ] || say "this clone does not show where the branch left main: the last commit alone counts as the change"
  git rev-parse HEAD~1
}

# What changed since commit $1, also what is not committed or not added yet.
changed_since() {
  git diff --name-only --diff-filter=d "$1" -- '*.h' '*.cpp'
  git ls-files --others --exclude-standard -- '*.h' '*.cpp'
}

# A source through which header $1 is seen.
source_of() {
  if [ -e "${1%.h}.cpp" ]; then
    printf '%s\n' "${1%.h}.cpp"
  else
    git grep --untracked -l -F "#include \"$1\"" -- '*.cpp' | head -n 1 || true
  fi
}

files=() unseen=()
if [ -n "$since" ] && ! is_commit "$since"; then
  say "--since: \"$since\" is no commit of this clone"
  # What is missing may be no mistake of the caller: a shallow clone lacks it.
  [ "$(git rev-parse --is-shallow-repository)" = true ] || exit 2
  since=
elif [ -z "$all" ] && [ -z "$since" ]; then
  since=$(base_commit)
fi
if [ -n "$since" ]; then
  mapfile -t changed < <(changed_since "$since")
  say "comparing with $(git rev-parse --short=12 "$since")"
elif [ -n "$all" ]; then
  mapfile -t changed < <(git ls-files '*.cpp')
else
  say "this clone has no commit to compare with, so nothing is known to have changed (--all checks every source)"
  exit 0
fi
for file in "${changed[@]}"; do
  case $file in
    *.h) source=$(source_of "$file") ;;
    *) source=$file ;;
  esac
  if [ -n "$source" ]; then files+=("$source"); else unseen+=("$file"); fi
done

mkdir -p build
log=$root/build/alone.log
: >"$log"
configure alone || { show_log; exit 1; }
# Sources of optional parts that are not built here, such as io_uring without liburing, have no command.
mapfile -t files < <(printf '%s\n' "${files[@]}" | sed '/^$/d' | sort -u)
with_command=()
for file in "${files[@]}"; do
  if grep -qF "\"file\": \"$root/$file\"" build/alone/compile_commands.json; then with_command+=("$file"); else unseen+=("$file"); fi
done
# Where the limit leaves some out, these are others at another commit, and the same at the same one.
mapfile -t files < <(printf '%s\n' "${with_command[@]}" | sed '/^$/d' | shuf --random-source=<(yes "$(git rev-parse HEAD)"))
[ ${#unseen[@]} = 0 ] || say "not looked at, because nothing that is built here compiles them: ${unseen[*]}"
if [ ${#files[@]} = 0 ]; then
  say "no source to check"
  exit 0
fi

export TIDY_ENDS TIDY_LEFT
TIDY_ENDS=$(($(date +%s) + limit))
TIDY_LEFT=$(mktemp)
trap 'rm -f "$TIDY_LEFT"' EXIT
status=0
# clang does not know all warnings of the compiler that the commands are for. What clang-tidy says beside its findings is
# shown only when it failed without one.
# shellcheck disable=SC2016
printf '%s\0' "${files[@]}" | xargs -0 -P "$(compile_jobs)" -n 1 bash -c '
  if [ "$(date +%s)" -ge "$TIDY_ENDS" ]; then echo "$2" >>"$TIDY_LEFT"; exit; fi
  errors=$(mktemp)
  found=$("$1" -p build/alone --quiet --warnings-as-errors="*" --extra-arg=-Wno-unknown-warning-option "$2" 2>"$errors") || status=$?
  if [ -n "$found" ]; then printf "%s\n" "$found"; fi
  if [ -z "$found" ] && [ -n "${status-}" ]; then
    printf "%s: clang-tidy ended with status %s\n" "$2" "$status"
    cat "$errors"
  fi
  rm -f "$errors"
  [ -z "${status-}" ]' tidy "$(llvm_tool clang-tidy)" || status=1
left=$(wc -l <"$TIDY_LEFT")
say "$((${#files[@]} - left)) of ${#files[@]} sources checked"
[ "$left" = 0 ] || say "$left sources were not looked at: they did not fit into $limit s; scripts/tidy.sh without --limit checks all"
exit "$status"
