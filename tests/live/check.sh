#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch check tells what works here: as root all that capture, top and events need, as an ordinary
# user what is missing. It leaves nothing behind.
. "${srcdir:?}/tests/live/lib.sh"
need root python3
getent passwd nobody >/dev/null || skip_all "there is no user nobody"

# json FILE EXPRESSION: the value of a Python expression about the report `r` in that file.
json() { python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
state = {c["name"]: c["state"] for c in r["checks"]}
print(eval(sys.argv[2]))' "$@"; }
# verdict FILE: "full" or "not full", as the states of the commands say.
verdict() { json "$1" '"full" if set(r["commands"].values()) == {"ok"} else "not full"'; }
status_of() { [ "$1" = full ] && echo 0 || echo 1; }

run check --json
cp "$OUT" "$TMP/root.json"
isnt "$(json "$TMP/root.json" 'len(r["checks"])')" "" "the report is JSON"
is "$STATUS" "$(status_of "$(verdict "$TMP/root.json")")" "status 0 means that all commands run in full"
is "$(json "$TMP/root.json" 'r["full"]')" "$([ "$STATUS" -eq 0 ] && echo True || echo False)" \
	"and the report says the same"
is "$(json "$TMP/root.json" 'r["kernel"].split()[1]')" "$(uname -r)" "it names the kernel"
is "$(json "$TMP/root.json" '"skwatch " + r["version"]')" "$("$SKWATCH" --version)" "and the version"
for name in CAP_BPF CAP_NET_RAW CAP_NET_ADMIN CAP_PERFMON 'ring buffer' 'capture program' \
	'filter program' 'packet socket' 'programs at the cgroup' 'iterator of TCP sockets' \
	'owner filter' 'command in its own cgroup' 'addresses of packets' 'counts of datagrams'; do
	is "$(json "$TMP/root.json" "state['$name']")" ok "root: $name"
done
# Parts that were tried are never unknown for root.
is "$(json "$TMP/root.json" "[n for n, s in state.items() if s == 'unknown']")" "[]" \
	"root: everything can be tried"

"$SKWATCH" check --json >"$TMP/left.json" &
wait $!
is "$(find /sys/fs/cgroup -maxdepth 3 -name "skwatch.$!" 2>/dev/null)" "" "the cgroup of a command is gone"

run check
is "$STATUS" "$(status_of "$(verdict "$TMP/root.json")")" "text: the same status"
is "$(awk 'length > 80' "$OUT")" "" "text: no line is longer than 80 columns"
is "$(grep -cE '^  (ok|limited|missing|unknown) ' "$OUT")" \
	"$(json "$TMP/root.json" 'len(r["checks"]) + len(r["commands"])')" "text: a line for each check"
like "$(head -n 1 "$OUT")" "^skwatch [0-9.]+$" "text: it begins with the version"

OUT=$TMP/out.user ERR=$TMP/err.user
install -m 755 "$SKWATCH" "$TMP/skwatch"
as_nobody=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups)
"${as_nobody[@]}" "$TMP/skwatch" check >"$OUT" 2>"$ERR"
is "$?" 1 "an ordinary user: status 1"
is "$(wc -l <"$ERR")" 1 "an ordinary user: one line on standard error"
like "$(cat "$OUT")" '^  missing  CAP_BPF ' "an ordinary user: the missing privilege is named"
like "$(cat "$OUT")" 'cap_bpf,cap_net_admin,cap_net_raw,cap_perfmon\+ep' "and how to get it"
for command in capture top events; do
	like "$(cat "$OUT")" "^  missing  $command$" "an ordinary user: $command does not run"
done
"${as_nobody[@]}" "$TMP/skwatch" check --json >"$TMP/user.json" 2>"$ERR"
is "$(json "$TMP/user.json" "state['capture program']")" unknown \
	"an ordinary user: what can't be tried is unknown"
is "$(json "$TMP/user.json" "state['command in its own cgroup']")" missing \
	"an ordinary user: a command can't have a cgroup"
is "$(json "$TMP/user.json" "r['full']")" False "an ordinary user: not in full"

if setcap cap_bpf,cap_net_admin,cap_net_raw,cap_perfmon+ep "$TMP/skwatch" 2>/dev/null &&
	! grep -q nosuid <(findmnt -n -o OPTIONS -T "$TMP"); then
	"${as_nobody[@]}" "$TMP/skwatch" check --json >"$TMP/capable.json" 2>"$ERR"
	is "$(json "$TMP/capable.json" "[r['commands']['capture'], r['commands']['top']]")" \
		"['$(json "$TMP/root.json" "r['commands']['capture']")', 'limited']" \
		"with the four capabilities: capture runs, top sees its own namespace only"
else
	skip "with the four capabilities: capture runs" "file capabilities do not work here"
fi

run check extra
is "$STATUS" 2 "an argument is wrong usage"
is "$(wc -l <"$ERR") $(wc -c <"$OUT")" "1 0" "in one line"
run check --nothing
is "$STATUS" 2 "an unknown option is wrong usage"

"$SKWATCH" check --json >/dev/full 2>"$TMP/err.full"
isnt "$?" 0 "a full disk is a failure"
done_testing
