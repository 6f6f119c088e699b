# What these checks share: a node in a folder of its own, programs unpacked from packages, and cases
# that are counted. Expects: program. Sets: place, data, vault, http, token.
# shellcheck shell=bash

outside=build/outside
PATH=$PWD/$outside/usr/bin:$PWD/$outside/usr/sbin:$PATH
check=$(basename "$0" _test)
passed=0 failed=0 skipped=0
started=()
# Programs of others: how they end is their own matter.
foreign=()
place=$(mktemp -d "${TMPDIR:-/tmp}/nightshift-outside.XXXXXX")

finish() {
  for process in "${started[@]}"; do kill -TERM "$process" 2>/dev/null && wait "$process"; done
  for process in "${foreign[@]}"; do
    kill -TERM "$process" 2>/dev/null && wait "$process" || true
  done
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

# What `npm ci` makes of a lock is kept by its digest, whole or not at all: for another lock, and on
# a machine that has never seen this one, it runs.
install_packages() {
  local folder=$1 digest kept fresh
  digest=$(cat "$folder"/package{,-lock}.json | sha256sum | cut -c 1-16)
  kept=${XDG_CACHE_HOME:-$HOME/.cache}/nightshift/npm-$(uname -m)-$digest
  if [[ ! -d $kept ]]; then
    mkdir -p "${kept%/*}"
    fresh=$(mktemp -d "$kept.XXXXXX")
    cp "$folder"/package{,-lock}.json "$fresh"
    if ! npm --prefix "$fresh" ci --no-audit --no-fund --ignore-scripts; then
      rm -rf "$fresh"
      return 1
    fi
    # Another run may have been faster.
    mv -T "$fresh" "$kept" || rm -rf "$fresh"
  fi
  ln -s "$kept/node_modules" "$folder/node_modules"
}

# packages FOLDER: npm's packages of the lock in a folder; without them the check ends, skipped.
packages() {
  if ! is_there npm; then
    skip "all: no npm here"
    exit 0
  fi
  if ! install_packages "$1" >"$place/npm.log" 2>&1; then
    skip "all: npm cannot be reached: $(grep -m1 'npm error' "$place/npm.log" || true)"
    exit 0
  fi
}
