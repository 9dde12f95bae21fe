#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A program that does not run beside others is attached above the cgroup that is watched. It keeps
# its callbacks: top and events do without, and name it; a capture that needs its own programs there
# is refused.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
pair
cgroup
mkdir -p "$CGROUP/above/below" || bail "no cgroup"
mkfifo "$TMP/ask"
exec {ASK}<>"$TMP/ask"
"$SOCKOPS" "$CGROUP" <"$TMP/ask" >"$TMP/other" 2>&1 {ASK}>&- &
OTHER_PID=$!
STARTED+=("$OTHER_PID")
wait_for_line "$TMP/other" "$OTHER_PID" '^ready$' || bail "sockops: $(cat "$TMP/other")"
ID=$(bpftool cgroup show "$CGROUP" | awk '/sock_ops/ { print $1; exit }')
bpftool cgroup attach "$CGROUP/above" sock_ops id "$ID" override || bail "bpftool attaches nothing"
LINK=$(bpftool link | sed -n "s/^\([0-9]*\): cgroup  *prog $ID .*/\1/p")
bpftool link detach id "$LINK" || bail "bpftool detaches nothing"

ASKED=0
calls() { # how often it was asked for the length of a header so far
	ASKED=$((ASKED + 1))
	echo >&"$ASK"
	wait_for_line "$TMP/other" "$OTHER_PID" "^$ASKED " || bail "sockops: $(cat "$TMP/other")"
	CALLS=$(sed -n "s/^$ASKED .*write=//p" "$TMP/other")
}
NAMED="attached to .*/above \(program $ID other\) and does not run beside"

join_cgroup "$CGROUP/above/below"
start_top() {
	launch "$A" "$@"
	wait_for_line "$ERR" "$PID" 'does not run beside' || not_ok "$1 names the other program"
}
for command in top events; do
	[ $command = top ] && set -- top -b --json -d 1 || set -- events
	start_top "$@" --netns self --cgroup "$CGROUP/above/below"
	like "$(cat "$ERR")" "$NAMED" "$command names the other program"
	like "$(cat "$ERR")" 'sweeps alone' "$command says what it does without"
	like "$(bpftool cgroup show "$CGROUP/above/below" effective)" "^$ID " "the other program stays"
	calls
	before=$CALLS
	conns "$A" hold v4 --peer "$B"
	calls
	check "$command: the other program has its callbacks" test "$CALLS" -gt "$before"
	if [ $command = top ]; then
		check "top has the rows of sweeps" wait_for_line "$OUT" "$PID" "\"pid\":$CONNS_PID,"
		like "$(grep "\"pid\":$CONNS_PID," "$OUT")" '"last_rtt_us":null' "what callbacks tell is unknown"
	fi
	stop INT
	is "$STATUS" 0 "$command ends with status 0"
	all_gone
done

# A command's cgroup is below that of skwatch.
SAID=$TMP/said.err
"${IN_CGROUP[@]}" ip netns exec "$A" "$SKWATCH" capture -i eth0 -w "$TMP/x.pcap" -- true 2>"$SAID"
is "$?" 2 "capture -- COMMAND is refused"
like "$(cat "$SAID")" "$NAMED" "for that reason"
check "no file is created" test ! -e "$TMP/x.pcap"
like "$(bpftool cgroup show "$CGROUP/above")" "^$ID .*override" "the other program is where it was"
done_testing
