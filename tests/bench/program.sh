#!/usr/bin/env bash
# What the program itself costs: how long it takes to be ready on a folder that it knows, what an
# idle node holds in memory, how much of a processor it needs to do nothing. Median of the starts.
set -euo pipefail
folder=$(mktemp -d)
node=
export XDG_CONFIG_HOME=$folder
finish() {
  [[ ! $node ]] || { kill "$node" && wait "$node"; } || true
  rm -rf "$folder"
}
trap finish EXIT

start() {
  coproc NODE { exec "$NIGHTSHIFT_PROGRAM" --data "$folder/data" node --http 127.0.0.1:0 --quiet; }
  node=$NODE_PID
  read -r line <&"${NODE[0]}"
  [[ $line == ready\ * ]] || { echo "program: the node said: $line" >&2; exit 1; }
}
stop() {
  kill "$node"
  wait "$node"
  node=
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
ticks() { awk '{ print $14 + $15 }' "/proc/$node/stat"; }

start
stop
for _ in 1 2 3 4 5 6 7; do
  began=$(milliseconds)
  start
  took+=($(($(milliseconds) - began)))
  stop
done
printf 'program, start to ready\t%s\tms\n' "$(printf '%s\n' "${took[@]}" | sort -n | sed -n 4p)"

start
sleep 2
before=$(ticks)
sleep 5
awk '/^VmRSS/ { printf "program, idle, resident\t%.1f\tMB\n", $2 / 1024 }
     /^RssAnon/ { printf "program, idle, of that its own\t%.1f\tMB\n", $2 / 1024 }' \
  "/proc/$node/status"
awk -v used=$(($(ticks) - before)) -v hertz="$(getconf CLK_TCK)" \
  'BEGIN { printf "program, idle, processor\t%.2f\t%%\n", used * 100 / hertz / 5 }'
