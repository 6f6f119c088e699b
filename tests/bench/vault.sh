#!/usr/bin/env bash
# How long a file takes to be claimed, and to have its draft written: alone, and among many
# (NIGHTSHIFT_BENCH_FILES), beside a poll loop that looks once a second.
set -euo pipefail
files=${NIGHTSHIFT_BENCH_FILES:-2000}
here=tests/bench/vault
folder=$(mktemp -d)
server=
export XDG_CONFIG_HOME=$folder
finish() {
  [[ ! $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

# Starts the rest of the arguments and waits for its first line.
serve() {
  coproc SERVER { exec "$@"; }
  server=$SERVER_PID
  read -r line <&"${SERVER[0]}"
  [[ $line == ready* ]] || { echo "vault: the server said: $line" >&2; exit 1; }
}
stop() {
  kill "$server"
  wait "$server" || true
  server=
}

# Prints the medians of "claimed_median claimed_p99 drafted_median drafted_p99" of 15 single files.
singles() {
  for n in $(seq 15); do python3 $here/measure.py "$1" "S${n}_" 1; done |
    awk '{ for (i = 1; i <= 4; i++) v[i, NR] = $i }
         END { for (i = 1; i <= 4; i++) { n = 0; for (j = 1; j <= NR; j++) s[++n] = v[i, j] + 0
                 asort_by_hand(); printf "%s ", (i % 2 ? s[int((n + 1) / 2)] : s[n]) } print "" }
         function asort_by_hand(  a, b, t) {
           for (a = 2; a <= n; a++) for (b = a; b > 1 && s[b] < s[b - 1]; b--) {
             t = s[b]; s[b] = s[b - 1]; s[b - 1] = t } }'
}
crowd() { python3 $here/measure.py "$1" "C" "$files"; }

serve python3 $here/poll_loop.py "$folder/peer"
read -r -a peer_single <<<"$(singles "$folder/peer")"
read -r -a peer_crowd <<<"$(crowd "$folder/peer")"
stop

export NIGHTSHIFT_VAULT__PATH=$folder/vault
serve "$NIGHTSHIFT_PROGRAM" --data "$folder/data" node --http 127.0.0.1:0 --quiet
read -r -a single <<<"$(singles "$folder/vault")"
read -r -a crowd <<<"$(crowd "$folder/vault")"
resident=$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$server/status")
stop

row() { printf 'vault, %s\t%s\t%s\tpoll loop\t%s\n' "$1" "$2" "$3" "$4"; }
what=("claimed, median" "claimed, p99" "drafted, median" "drafted, p99")
for i in 0 1 2 3; do
  row "one file, ${what[i]}" "${single[i]}" ms "${peer_single[i]}"
  row "$files files, ${what[i]}" "${crowd[i]}" ms "${peer_crowd[i]}"
done
printf 'vault, resident after %s tasks\t%s\tMB\n' "$((files + 15))" "$resident"
