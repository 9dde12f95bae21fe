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
