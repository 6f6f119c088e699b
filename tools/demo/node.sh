# What the demonstrations share: a folder with data and vault, and one node in it.
# Expects: program, place. Sets: data, vault, node, http, story.

data=$place/data
vault=$place/vault
node=
http=
story=
night=config/sample-night

nightshift() { "$program" --data "$data" "$@"; }

say() { printf '%s\n' "$@"; }

prepare_place() {
  mkdir -p "$place"
  cp -r config/sample-vault "$vault"
  cat >"$place/nightshift.toml" <<TOML
[node]
name = "laptop"

[http]
listen = "127.0.0.1:0"

[vault]
path = "vault"
owner = "$(id -un)"
TOML
}

# Starts the node behind this shell and waits for its ready line.
start_node() {
  : >"$place/node.out"
  "$program" --data "$data" node --config "$place/nightshift.toml" --quiet \
    >"$place/node.out" 2>"$place/node.err" &
  node=$!
  for _ in $(seq 600); do
    http=$(sed -n 's/^ready http=\([^ ]*\).*/\1/p' "$place/node.out")
    [[ -n $http ]] && return
    kill -0 "$node" 2>/dev/null || break
    sleep 0.1
  done
  say "The node did not become ready:" >&2
  cat "$place/node.err" >&2
  return 1
}

stop_node() {
  if [[ -n $node ]] && kill -TERM "$node" 2>/dev/null; then wait "$node" || true; fi
  node=
}

# Tells on this terminal what happens in the node, as it happens.
start_story() {
  local since
  since=$(date -u +%FT%T)
  "$program" --data "$data" log --follow --json 2>/dev/null > >(tools/demo/story "$since") &
  story=$!
}

stop_story() {
  if [[ -n $story ]]; then kill "$story" 2>/dev/null && { wait "$story" || true; } 2>/dev/null; fi
  story=
}

# What comes in while you sleep: every file of the sample night, dropped where a watcher would.
let_night_come() {
  local file
  for file in "$night"/*_*.md; do
    cp "$file" "$vault/Inbox/"
    sleep 0.5
  done
}

# How many of KIND are in STATUS.
count() {
  nightshift list "$1" --where "status=$2" --json | grep -o "\"status\":\"$2\"" | wc -l
}
