# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# For relay.sh and relay_backends.sh: clients in $A, the relay and its backends in $B.
PEER=(python3 "$srcdir/tests/live/relay_peer.py")

# backends ADDRESS PORT=KIND...: servers of relay_peer.py in $B; their lines are in $SAID, they are
# $SERVER, and a line on descriptor 7 reaches them.
backends() {
	SERVERS=$((${SERVERS:-0} + 1))
	SAID=$TMP/said.$SERVERS
	mkfifo "$TMP/to.$SERVERS"
	ip netns exec "$B" "${PEER[@]}" serve "$@" <"$TMP/to.$SERVERS" >"$SAID" 2>&1 &
	SERVER=$!
	STARTED+=("$SERVER")
	exec 7>"$TMP/to.$SERVERS"
	wait_for_line "$SAID" "$SERVER" '^ready' || bail "no backends: $(cat "$SAID")"
}

# relay ARGUMENTS...: skwatch relay in $B, until it is ready.
relay() {
	launch "$B" relay "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: (relaying|sending back) ' && return
	not_ok "skwatch relay $* starts" "it never said that it is ready"
	exit 1
}

# ask KIND ADDRESS PORT...: a client in $A, in the foreground.
ask() { ip netns exec "$A" "${PEER[@]}" "$@" 2>&1; }

# hold NAME KIND ADDRESS PORT...: a client in $A, in the background; its lines are in $TMP/NAME, it is
# $CLIENT, and a line on descriptor 8 reaches it.
hold() {
	local name=$1
	shift
	mkfifo "$TMP/$name.to"
	ip netns exec "$A" "${PEER[@]}" "$@" <"$TMP/$name.to" >"$TMP/$name" 2>&1 &
	CLIENT=$!
	STARTED+=("$CLIENT")
	exec 8>"$TMP/$name.to"
}

# answer PORT: the next line of the backend with that port, in $ANSWER.
declare -A ANSWERS
answer() {
	ANSWERS[$1]=$((${ANSWERS[$1]:-0} + 1))
	wait_for_lines "$SAID" "$SERVER" "${ANSWERS[$1]}" "^$1 " || bail "no line of $1: $(<"$SAID")"
	ANSWER=$(grep "^$1 " "$SAID" | sed -n "${ANSWERS[$1]}p")
}

# The checks below hold for each engine. ENGINE also stands in their names.

# passes_ends ENGINE: either direction may end first. The backends of 9003 and 9004 are late and early.
passes_ends() {
	relay --engine "$1" :8003 127.0.0.1:9003
	is "$(ask late 10.77.0.2 8003 1000000)" same "$1: a client that has ended gets its answer"
	answer 9003
	is "$ANSWER" "9003 asked 1000 end" "... and the backend sees its end"
	stop
	relay --engine "$1" :8004 127.0.0.1:9004
	is "$(ask early 10.77.0.2 8004 1000000)" same "$1: a backend may end first"
	answer 9004
	is "$ANSWER" "9004 asked 100000 end" "... and it gets what the client sends later"
	stop
}

# stops_sender ENGINE: newer kernels let a receiver's buffer grow up to 32 MiB. The backend of 9005 is
# deaf.
stops_sender() {
	local sent ns
	for ns in "$A" "$B"; do inside "$ns" sysctl -qw net.ipv4.tcp_rmem='4096 131072 33554432'; done
	relay --engine "$1" :8005 127.0.0.1:9005
	hold "deaf.$1" deaf 10.77.0.2 8005
	wait_for_line "$TMP/deaf.$1" "$CLIENT" '^sent' || bail "it never stopped"
	sent=$(sed -n 's/^sent //p' "$TMP/deaf.$1")
	check "$1: a deaf backend stops the client: $sent bytes" test "$sent" -lt $((16 << 20))
	echo >&7
	echo >&8
	answer 9005
	is "$ANSWER" "9005 read $sent end" "$1: it gets them all when it listens again"
	stop
}

# tells_505: the JSON events of 505 short connections, each with an echo of all its bytes.
tells_505() {
	is "$(python3 - "$OUT" <<'END'
import collections, json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
types = collections.Counter(e["type"] for e in events)
ends = [e for e in events if e["type"] == "relay-end"]
good = sum(e["reason"] == "closed" and e["to_backend_bytes"] == e["to_client_bytes"] > 6 and
           e["undelivered_bytes"] == 0 and e["backend"] == "127.0.0.1:9002" for e in ends)
print(dict(types), good, sorted({e["remote_addr"] for e in events}))
END
)" "{'relay': 505, 'relay-end': 505} 505 ['10.77.0.1', 'fd77::1']" "events tell each connection"
}

# keeps_few_privileges: whether a relay at 8007 that has a connection, kept, can do little.
keeps_few_privileges() {
	local status
	hold kept hold 10.77.0.2 8007
	wait_for_line "$TMP/kept" "$CLIENT" '^holds b' || bail "no connection"
	status=$(<"/proc/$PID/status")
	like "$status" $'^CapEff:\t0+$' "it has no capability"
	like "$status" $'^Seccomp:\t2$' "its system calls are few"
	like "$status" $'^Uid:\t([1-9][0-9]*)\t\\1\t\\1' "it is not root"
	is "$(cat "/proc/$PID/task/$PID/children")" "" "it has no second process"
}
