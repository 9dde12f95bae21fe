#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# However skwatch mark ends, nothing stays attached and connections go on. Another program beside it
# keeps its callbacks.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
cgroup

mark() {
	launch "$A" mark --cgroup "$CGROUP" "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: marking ' && return
	not_ok "skwatch mark $* starts" "it never said that it marks"
	exit 1
}
attached() { bpftool cgroup show "$CGROUP" | awk '/skw_mark/' | wc -l; }
detached() { [ "$(attached)" -eq 0 ]; }
marks() { sed -nE "s/^skwatch: ([0-9]+) SYNs marked, .* ([0-9]+) peers learned.*/\1 \2/p" "$ERR"; }

# Another program asks for callbacks, before mark and after it. `calls` sets $RTT and $WRITE.
calls() {
	ASKED=$((ASKED + 1))
	echo >&"$ASK"
	wait_for_line "$TMP/other.$OTHERS" "$OTHER_PID" "^$ASKED " || bail "sockops: $(cat "$TMP/other.$OTHERS")"
	read -r RTT WRITE < <(sed -n "s/^$ASKED rtt=\([0-9]*\) write=\([0-9]*\)/\1 \2/p" "$TMP/other.$OTHERS")
}
other() {
	OTHERS=$((${OTHERS:-0} + 1))
	ASKED=0
	mkfifo "$TMP/ask.$OTHERS"
	exec {ASK}<>"$TMP/ask.$OTHERS"
	"$SOCKOPS" "$CGROUP" <"$TMP/ask.$OTHERS" >"$TMP/other.$OTHERS" 2>&1 {ASK}>&- &
	OTHER_PID=$!
	STARTED+=("$OTHER_PID")
	wait_for_line "$TMP/other.$OTHERS" "$OTHER_PID" '^ready$' || bail "sockops"
}
other_ends() {
	kill -KILL "$OTHER_PID"
	wait "$OTHER_PID" 2>/dev/null
	forget "$OTHER_PID"
}
goes_on() { # NAME: it is called for data of a new connection
	local rtt write
	conns "$A" hold v4 --peer "$B"
	calls
	rtt=$RTT write=$WRITE
	tell talk 20
	calls
	if [ "$RTT" -gt "$rtt" ] && [ "$WRITE" -ge $((write + 20)) ]; then
		ok "$1"
	else
		not_ok "$1" "rtt $rtt -> $RTT, write $write -> $WRITE"
	fi
	all_gone
}
other
mark
like "$(cat "$ERR")" 'another program has callbacks' "it says that it is not alone"
goes_on "another program that was there before has its callbacks"
stop
isnt "$(marks | cut -d ' ' -f 2)" 0 "beside marks"
other_ends
mark
other
goes_on "another program that came later has its callbacks"
stop INT
is "$STATUS" 0 "it ends with status 0"
# The kernel would stop running a program that was attached above with `override`.
mkdir -p "$CGROUP/above/below" || bail "no cgroup"
id=$(bpftool cgroup show "$CGROUP" | awk '/sock_ops/ { print $1; exit }')
bpftool cgroup attach "$CGROUP/above" sock_ops id "$id" override || bail "bpftool attaches nothing"
run mark --cgroup "$CGROUP/above/below"
is "$STATUS" 2 "a program above that ours would put out of effect is a reason to refuse"
like "$(cat "$ERR")" "attached to .*/above \(program $id " "and is named"
bpftool cgroup detach "$CGROUP/above" sock_ops id "$id"
other_ends

# Killed at twenty moments: while it loads, attaches, runs and ends; the worker, the keeper, or both.
FAILED=
for i in {1..20}; do
	launch "$A" mark --cgroup "$CGROUP" --name
	[ $((i % 4)) -eq 0 ] || wait_for_line "$ERR" "$PID" "^skwatch: each connection"
	read -r -t "0.0$((RANDOM % 90 + 10))" <> <(:)
	keeper=$(pgrep -P "$PID" 2>/dev/null)
	[ $((i % 3)) -eq 0 ] || kill -KILL "$PID" 2>/dev/null
	# shellcheck disable=SC2086 # there may be none
	[ $((i % 3)) -eq 1 ] || [ -z "$keeper" ] || kill -KILL $keeper 2>/dev/null
	[ $((i % 3)) -eq 0 ] && [ -z "$keeper" ] && kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	forget "$PID"
	becomes detached || FAILED+=" $i"
done
is "$FAILED" "" "killed at twenty moments, it leaves nothing attached"
conns "$A" hold v4 --peer "$B"
tell talk 5
ok "connections go on"
all_gone

mark -c 1
conns "$A" hold v4 --peer "$B"
finish
is "$STATUS" 0 "-c 1: it ends after one event"
is "$(grep -c ' learned ' "$OUT")" 1 "which is the first"
all_gone
run mark --cgroup "$CGROUP" --dry-run
is "$STATUS $(attached)" "0 0" "--dry-run attaches nothing"
for wrong in "" "--cgroup nonsense" "--cgroup $CGROUP --host-id 0" "--cgroup $CGROUP more" \
	"--cgroup $CGROUP --pin a --json"; do
	# shellcheck disable=SC2086 # words
	run mark $wrong
	is "$STATUS $(wc -l <"$ERR") $(attached)" "2 1 0" "mark $wrong: refused"
done
done_testing
