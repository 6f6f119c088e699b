# What these checks share: a node in a folder of its own, programs unpacked from packages, and cases
# that are counted. Expects: program. Sets: place, data, vault, http, token.
# shellcheck shell=bash

outside=build/outside
PATH=$PWD/$outside/usr/bin:$PWD/$outside/usr/sbin:$PATH
check=$(basename "$0" _test)
passed=0 failed=0 skipped=0
started=()
place=$(mktemp -d "${TMPDIR:-/tmp}/nightshift-outside.XXXXXX")

finish() {
  for process in "${started[@]}"; do kill -TERM "$process" 2>/dev/null && wait "$process"; done
  echo "cases: $passed passed, $failed failed, $skipped skipped"
  rm -rf "$place"
  ((failed == 0)) || exit 1
}
trap 'failed=$((failed + 1)); echo "broke off in line $LINENO" >&2' ERR
trap finish EXIT

# pass|fail NAME: SENTENCE
pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "failed: $check/$1" >&2; }
skip() { skipped=$((skipped + 1)); echo "skipped: outside/$check/$1"; }

# case NAME COMMAND...: passes if the command does.
case_of() {
  local name=$1
  shift
  if "$@"; then pass; else fail "$name"; fi
}

# Waits until a command succeeds; 120 s at most.
await() {
  for _ in $(seq 600); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "never came true: $*" >&2
  return 1
}

is_there() { command -v "$1" >/dev/null; }

# A node on a vault; more lines of its configuration come on stdin.
start_node() {
  data=$place/data vault=$place/vault
  mkdir -p "$vault"
  {
    printf '[node]\nname = "laptop"\n[vault]\npath = "%s"\n' "$vault"
    cat
  } >"$place/nightshift.toml"
  "$program" --data "$data" node --http 127.0.0.1:0 --config "$place/nightshift.toml" --quiet \
    >"$place/node.out" 2>"$place/node.err" &
  started+=($!)
  await grep -q '^ready' "$place/node.out"
  http=$(sed -n 's/^ready http=\([^ ]*\).*/\1/p' "$place/node.out")
  token=$(<"$data/admin.token")
}

propose() {
  "$program" --data "$data" approval propose "$1" title="Offer $1" category=email \
    to=bob@example.org body="Dear Bob" >/dev/null
}

# A port that nobody listens on now.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  return 1
}
