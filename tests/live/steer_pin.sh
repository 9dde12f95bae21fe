#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# steer --pin: it stays without a process, is changed live, listed, repaired and detached.
. "${srcdir:?}/tests/live/lib.sh"
. "${srcdir:?}/tests/live/lib_servers.sh"
need_servers
host
bpffs
serve "$A" A 127.0.0.1 7777
server=$SERVER

parts() { # prints the parts of the pin "web", with their counts
	skw list "$BPFFS" --json
	python3 -c 'import json, sys
for line in sys.stdin:
    pin = json.loads(line)
    if pin["name"] == "web":
        print(pin["kind"], pin["where"], pin["attached"],
              *["%s=%s" % (part["text"], part["count"]) for part in pin["parts"]], sep=";")' <"$OUT"
}

skw steer "$BPFFS" --pin web --to "$server:7777" 7
like "$(cat "$ERR")" 'not in a BPF file system|steering' "the folder must be in a BPF file system"
skw steer "$BPFFS" --pin web --dry-run --to "$server:7777" 7
refused 'is there already' "the name is taken" steer "$BPFFS" --pin web --to "$server:7777" 7
is "$(ask "$A" 127.0.0.1 7 77)" "A 7 ECONNREFUSED" "it stays when the command has ended"
is "$(pgrep -fc "steer $BPFFS")" 0 "without a process"
is "$(parts)" "steer;$A;1;server for IPv4 127.0.0.1:7777=None;7=1" "list shows it"

# Changes, also from another namespace.
run steer "$BPFFS" web add 77 192.0.2.0/24:100-102
is "$STATUS" 0 "add: ends with status 0"
is "$(ask "$A" 127.0.0.1 77) $(ask "$A" 192.0.2.9 101)" "A 77 A 101" "add: works at once"
refused '100-101: web steers' "add: what overlaps is refused" steer "$BPFFS" web add 192.0.2.0/24:100-101
refused 'no such rule' "remove: what is not there is refused" steer "$BPFFS" web remove 7 78
is "$(ask "$A" 127.0.0.1 7)" "A 7" "remove: and then nothing was removed"
skw steer "$BPFFS" web remove 7 --dry-run
is "$(ask "$A" 127.0.0.1 7)" "A 7" "remove: a dry run changes nothing"
skw steer "$BPFFS" web remove 7 192.0.2.0/24:100-102
is "$(ask "$A" 127.0.0.1 7 77) $(ask "$A" 192.0.2.9 101)" "ECONNREFUSED A 77 ECONNREFUSED" \
	"remove: works at once"
refused 'NAME add PORTS' "another verb is refused" steer "$BPFFS" web change 7
refused 'nothing is pinned' "another name is refused" steer "$BPFFS" other add 7

# A rule that stays works without a gap while others come and go.
load "$A" 127.0.0.1 77 4000 2 &
loads=$!
for ((i = 0; i < 10; i++)); do
	run steer "$BPFFS" web add 1000-2000
	run steer "$BPFFS" web remove 1000-2000
done
wait "$loads"
like "$(cat "$TMP/load")" 'answered=4000 ' "others come and go: none of 4,000 is lost"

# Two commands at the same time don't take the same place.
for port in 11 12 13 14 15 16; do
	"$SKWATCH" steer "$BPFFS" web add "$port" 2>/dev/null &
	adds+=($!)
done
wait "${adds[@]}"
is "$(ask "$A" 127.0.0.1 11 12 13 14 15 16)" "A 11 A 12 A 13 A 14 A 15 A 16" "adds at the same time"
run steer "$BPFFS" web remove 11-16
is "$STATUS" 2 "a rule is removed as it was added"
run steer "$BPFFS" web remove 11,12,13,14,15,16
is "$STATUS" 0 "or several in one word"

# The server is killed and restarted.
die "$server"
is "$(ask "$A" 127.0.0.1 77)" ECONNREFUSED "killed: refused, as without a rule"
like "$(parts)" '127\.0\.0\.1:7777: it has gone' "killed: list shows it"
run list "$BPFFS" --repair
is "$STATUS" 1 "repair: fails as long as the server is not there"
serve "$A" B 127.0.0.1 7777
server=$SERVER
is "$(ask "$A" 127.0.0.1 77)" ECONNREFUSED "restarted: not registered by itself"
run list "$BPFFS" --repair
is "$STATUS" 0 "repair: registers the new socket, from another namespace"
is "$(ask "$A" 127.0.0.1 77)" "B 77" "repair: and it answers"

# A follower registers it, and leaves the pin when it ends.
launch "$A" steer "$BPFFS" web --follow
wait_for_line "$ERR" "$PID" '^skwatch: following '
die "$server"
wait_for_line "$OUT" "$PID" ' lost '
serve "$A" C 127.0.0.1 7777
server=$SERVER
wait_for_line "$OUT" "$PID" " register .*process $server"
is "$(ask "$A" 127.0.0.1 77)" "C 77" "follow: it answers"
keeper=$(keeper_of "$PID")
kill -KILL "$keeper"
finish
is "$STATUS" 1 "follow: ends when its keeper is killed"
is "$(ask "$A" 127.0.0.1 77)" "C 77" "follow: and the pin stays"

# Another user's process that takes the port is not registered.
die "$server"
ip netns exec "$A" setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$SERVER_PROGRAM" serve Z 127.0.0.1 7777 >"$TMP/stranger" 2>&1 &
STARTED+=($!)
stranger=$!
wait_for_line "$TMP/stranger" "$stranger" '^ready'
run list "$BPFFS" --repair
is "$STATUS $(ask "$A" 127.0.0.1 77)" "1 ECONNREFUSED" "another user's socket is not taken"
die "$stranger"

# detach, and a kill while it is pinned.
skw detach "$BPFFS" web
is "$STATUS" 0 "detach: ends with status 0"
is "$(ask "$A" 127.0.0.1 77)" ECONNREFUSED "detach: nothing is steered"
is "$(ls "$TMP/bpf/pins")" "" "detach: nothing is pinned"
serve "$A" D 127.0.0.1 7777
bad=0
for ((i = 0; i < 20; i++)); do
	struck "$A" steer "$BPFFS" --pin web --to "$SERVER:7777" 7
	answer=$(ask "$A" 127.0.0.1 7)
	if [ -e "$TMP/bpf/pins/web/link-lookup" ]; then
		[ "$answer" = "D 7" ] || bad=$((bad + 1))
	else
		[ "$answer" = ECONNREFUSED ] || bad=$((bad + 1))
	fi
	[ ! -e "$TMP/bpf/pins/web" ] || skw detach "$BPFFS" web
	[ ! -e "$TMP/bpf/pins/web" ] || bad=$((bad + 1))
done
is "$bad" 0 "SIGKILL: it is pinned and works, or is not there at all; detach removes the rest"
is "$(ask "$A" 127.0.0.1 7)" ECONNREFUSED "SIGKILL: nothing is left"

# The network namespace goes.
namespace "${A}gone"
serve "${A}gone" G 127.0.0.1 7777
ip netns exec "${A}gone" "$SKWATCH" steer "$BPFFS" --pin gone --to "$SERVER:7777" 7 2>"$TMP/gone"
die "$SERVER"
ip netns del "${A}gone"
becomes eval '"$SKWATCH" list "$BPFFS" | grep -q "^gone .* not attached"' && ok "gone: list shows it"
run steer "$BPFFS" gone --follow --duration 1s
is "$STATUS $(grep -c 'network namespace has gone' "$ERR")" "0 1" "gone: a follower says it once"
skw detach "$BPFFS" gone
is "$STATUS" 0 "gone: detach removes it"

done_testing
