#!/bin/sh
# A server over stdio, told by the files in the folder $1 what it is like:
#   tools    the array of its tools, as JSON; listed again whenever it is asked
#   mood     empty: good; or what it does at a call: die, hang, flood, garbage, endless, deaf
# What it was called with is appended to `calls`.
place=$1
say() { printf '%s\n' "$1"; }
answer() { say "{\"jsonrpc\":\"2.0\",\"id\":$1,\"result\":$2}"; }

while IFS= read -r line; do
  mood=$(cat "$place/mood" 2>/dev/null)
  rest=${line#*\"id\":}
  id=${rest%%,*}
  case $line in
    *'"method":"server/discover"'*)
      say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":-32601,\"message\":\"unknown\"}}" ;;
    *'"method":"initialize"'*)
      can='"capabilities":{"tools":{"listChanged":true}}'
      who='"serverInfo":{"name":"stand-in","version":"1"}'
      answer "$id" "{\"protocolVersion\":\"2025-11-25\",$can,$who}" ;;
    *'"method":"tools/list"'*)
      [ "$mood" = deaf ] && continue
      answer "$id" "{\"tools\":$(cat "$place/tools")}" ;;
    *'"method":"tools/call"'*)
      printf '%s\n' "$line" >>"$place/calls"
      case $mood in
        die) exit 3 ;;
        hang) ;;
        flood)
          i=0
          params='{"level":"info","data":"x"}'
          while [ $i -lt 5000 ]; do
            say "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":$params}"
            i=$((i + 1))
          done
          answer "$id" '{"content":[{"type":"text","text":"after the flood"}]}' ;;
        garbage)
          i=0
          while [ $i -lt 200 ]; do
            say 'this is no message'
            i=$((i + 1))
          done ;;
        changed)
          say '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
          answer "$id" '{"content":[{"type":"text","text":"changed"}]}' ;;
        *) answer "$id" '{"content":[{"type":"text","text":"done"}]}' ;;
      esac ;;
  esac
done
