#!/usr/bin/env bash
# Counts instructions of the scenarios of benches/icount and compares them with benches/icount.csv.
#
#   icount.sh            fails if a scenario needs more than 3 % more than the table says
#   icount.sh --update   writes the table
#
# Unlike time, the count is the same on a busy machine; like time, it depends on the compiler, the processor's
# features and libhs, so compare on one machine. Valgrind has no AVX-512: Hyperscan takes its AVX2 path under it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PERCENT_MAX=3
TABLE=benches/icount.csv

if ! command -v valgrind >/dev/null; then
    echo "icount: no valgrind here, nothing is compared"
    exit 0
fi

# shellcheck disable=SC2046 # the flags are words
binary=$(cargo bench --locked --quiet $(sh scripts/deps.sh flags) --bench icount --no-run --message-format=json |
    sed -n 's/.*"name":"icount".*"executable":"\([^"]*\)".*/\1/p')
if [[ -z "$binary" ]]; then
    echo "icount: cargo built no binary" >&2
    exit 2
fi

out=$(mktemp)
trap 'rm -f "$out"' EXIT
counts=""
for scenario in $("$binary"); do
    valgrind --quiet --tool=callgrind --callgrind-out-file="$out" \
        --toggle-collect='icount::measured*' "$binary" "$scenario"
    counts+="$scenario $(sed -n 's/^summary: //p' "$out")"$'\n'
done
counts=${counts%$'\n'}

if [[ "${1:-}" == "--update" ]]; then
    { echo "scenario,instructions" && tr ' ' , <<<"$counts"; } >"$TABLE"
    echo "icount: wrote $TABLE"
    exit 0
fi

awk -F '[ ,]' -v max="$PERCENT_MAX" '
    NR == FNR { if (FNR > 1) known[$1] = $2; next }
    !($1 in known) { printf "icount: %-16s %12d  new\n", $1, $2; next }
    {
        percent = 100 * ($2 - known[$1]) / known[$1]
        verdict = percent > max ? "MORE" : "fine"
        bad += percent > max
        printf "icount: %-16s %12d  %+6.1f %%  %s\n", $1, $2, percent, verdict
    }
    END { exit bad > 0 }
' "$TABLE" - <<<"$counts"
