#!/usr/bin/env bash
# Builds the libFuzzer programs (preset fuzz, clang) and lets each look for inputs that break its reader, for its share of
# the time. Ends with status 1 when one was found; the input is then kept in tests/fuzz/found/TARGET.
#
#   scripts/fuzz.sh                          every target, 60 seconds over all
#   scripts/fuzz.sh --seconds 600 rows url   these targets, 600 seconds over both
#   scripts/fuzz.sh --list                   the names of the targets
#
# What a target has learnt stays in build/fuzz/corpus/TARGET, and the next run goes on from there. A line per target says
# how many inputs it was given, how many per second, and how many edges of the code they reach. See tests/fuzz/README.md.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
me=fuzz
# shellcheck source=scripts/common.sh
source "$root/scripts/common.sh"
cd "$root"

usage() { sed -n '2,10p' "$0" | sed 's/^# \{0,1\}//'; }

mapfile -t known < <(sed -n 's/^ *FuzzEntry{"\([a-z_]*\)".*/\1/p' tests/fuzz/targets/targets.h)
is_known() { printf '%s\n' "${known[@]}" | grep -qxF -- "$1"; }

seconds=60 targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds)
      [ $# -ge 2 ] || { say "$1 needs a value"; exit 2; }
      [[ $2 =~ ^[1-9][0-9]*$ ]] || { say "$1: found \"$2\", expected a number of seconds"; exit 2; }
      seconds=$2
      shift
      ;;
    --list) printf '%s\n' "${known[@]}"; exit 0 ;;
    -h | --help) usage; exit 0 ;;
    *)
      is_known "$1" || { say "found \"$1\", expected --seconds, --list or one of: ${known[*]}"; exit 2; }
      targets+=("$1")
      ;;
  esac
  shift
done
[ ${#targets[@]} != 0 ] || targets=("${known[@]}")

mkdir -p build
log=$root/build/fuzz.log
: >"$log"
require_packages clang-14 libclang-rt-14-dev
has_libfuzzer || { say "needs clang 14 with libFuzzer (Debian: clang-14 libclang-rt-14-dev)"; exit 1; }
say "building the targets (some minutes the first time)..."
configured_here fuzz || configure fuzz --fresh || build_failed
mapfile -t programs < <(printf 'fuzz_%s\n' "${targets[@]}")
ninja -C build/fuzz -j "$(compile_jobs)" "${programs[@]}" >>"$log" 2>&1 || build_failed

# Files that are shipped are seeds too, for the readers that take them as they are.
shipped() {
  case $1 in
    experiment) git ls-files 'harness/experiment/*.toml' ;;
    manifest) git ls-files 'reference/*subject.toml' 'tests/peers/*subject.toml' ;;
    claims) git ls-files 'reference/claims/*.toml' ;;
  esac
}

# The number behind `$1` in a log of libFuzzer.
statistic() { sed -n "s/^stat::$1: *//p" "$2" | tail -n 1; }

# fuzz TARGET SECONDS
fuzz() {
  local target=$1 corpus=build/fuzz/corpus/$1 output=build/fuzz/corpus/$1.log status=0 file result edges executions
  local options=() folders=("$corpus")
  mkdir -p "$corpus"
  for folder in tests/fuzz/seeds tests/fuzz/found; do
    [ ! -d "$folder/$target" ] || folders+=("$folder/$target")
  done
  while read -r file; do cp "$file" "$corpus/shipped-${file//\//-}"; done < <(shipped "$target")
  [ ! -e "tests/fuzz/dictionaries/$target.dict" ] || options+=("-dict=tests/fuzz/dictionaries/$target.dict")
  # What takes longer than 10 s or more than 1 GiB for at most 16 KiB is a finding.
  "build/fuzz/bin/fuzz_$target" -max_total_time="$2" -max_len=16384 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/corpus/$target-" "${options[@]}" "${folders[@]}" >"$output" 2>&1 </dev/null || status=$?
  executions=$(statistic number_of_executed_units "$output")
  edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$output" | tail -n 1)
  result=nothing
  if [ "$status" != 0 ]; then
    result=FOUND
    file=$(sed -n 's/.*Test unit written to //p' "$output" | tail -n 1)
    if [ -n "$file" ]; then
      mkdir -p "tests/fuzz/found/$target"
      result="FOUND tests/fuzz/found/$target/$(basename "$file" | sed "s/^$target-//")"
      mv "$file" "${result#FOUND }"
    fi
  fi
  printf '%-18s %9s inputs  %7s/s  %6s edges  %s\n' "$target" "${executions:-?}" \
    "$(statistic average_exec_per_sec "$output")" "${edges:-?}" "$result"
  if [ "$status" != 0 ]; then
    say "$target: the end of $output:"
    grep -v '^ *#[0-9]' "$output" | tail -n 30 >&2
  fi
  return "$((status != 0))"
}

# Evenly over the targets, and as many at a time as there are CPUs.
at_a_time=$(compile_jobs)
[ "$at_a_time" -le ${#targets[@]} ] || at_a_time=${#targets[@]}
share=$((seconds * at_a_time / ${#targets[@]}))
[ "$share" -ge 1 ] || share=1
found=$(mktemp)
trap 'rm -f "$found"' EXIT
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$at_a_time" ]; do wait -n || true; done
  { fuzz "$target" "$share" || echo "$target" >>"$found"; } &
done
wait
[ ! -s "$found" ] || { say "found inputs for: $(xargs <"$found"); what to do with them is in tests/fuzz/README.md"; exit 1; }
