#!/usr/bin/env bash
# Makes again what is shipped of each recorded result besides its rows and its answer: the plots, report.md, report.html,
# and results/index.html; and of results/claims the ledger, and a page of all claims with their cells. It measures nothing. To be run after a result was recorded, and after a writer has changed.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

program=${BAKEOFF_PROGRAM:-build/release/bin/bakeoff}
[ -x "$program" ] || {
  echo "render-results: found no $program, expected the program; build it with: ./bakeoff version" >&2
  exit 2
}

results=()
for folder in results/*/; do
  [ -e "${folder}trials.jsonl" ] || continue # decisions have records instead of an answer and a page
  results+=("${folder%/}")
  rm -rf "${folder}plots"
  "$program" report "${folder%/}" --format svg >/dev/null
  "$program" report "${folder%/}" --format md >"${folder}report.md"
done
"$program" report "${results[@]}"

"$program" claims --format md >results/claims/ledger.md
mapfile -t claims < <("$program" claims --format csv |
  sed -n 's/.*,\([A-Z][A-Z0-9-]*\),\(confirmed\|refuted\|depends\|part\|inconclusive\|not run\|not testable\),.*/\1/p')
{
  printf '# Every claim, with the cells that decide it\n\nMade by: scripts/render-results.sh\n'
  # Each begins with its id and a colon.
  "$program" claims show "${claims[@]}" | awk '
    /^$/ { next }
    /^[A-Z][A-Z0-9-]*[0-9]: / {
      if (shown++) print "```"
      id = $1
      sub(":", "", id)
      printf "\n## %s\n\n```text\n", id
    }
    { print }
    END { print "```" }'
} >results/claims/claims.md
