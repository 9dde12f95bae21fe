#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# adopt: a new server has the listening sockets of a running one, and no connection is refused.
. "${srcdir:?}/tests/live/lib.sh"
. "${srcdir:?}/tests/live/lib_servers.sh"
need_servers
host

# adopts WORDS... -- WORDS...: a new server in the background; it is $SERVER and serves when this
# returns.
adopts() {
	SERVED=$((${SERVED:-0} + 1))
	SERVER_OUT=$TMP/server.$SERVED
	ERR=$TMP/err.adopt.$SERVED
	: >"$SERVER_OUT" >"$ERR"
	ip netns exec "$A" "$SKWATCH" adopt "$@" >"$SERVER_OUT" 2>"$ERR" </dev/null &
	SERVER=$!
	STARTED+=("$SERVER")
	wait_for_line "$SERVER_OUT" "$SERVER" '^ready' || bail "adopt $*: $(cat "$ERR")"
}
# ended PID NAME: a server ends by itself, in order.
ended() {
	timeout $PATIENCE "$TRAFFIC" gone "$1"
	wait "$1"
	is "$?" 0 "$2"
	forget "$1"
}

serve "$A" A 0.0.0.0 7000 epoll
old=$SERVER
skw adopt --dry-run --from "$old:7000" -- "$SERVER_PROGRAM"
is "$STATUS" 0 "dry run: ends with status 0"
like "$(cat "$ERR")" "would hand \*:7000 of server\[$old\] .* as descriptor 3" "dry run: tells"

# Three hand-overs under load; each new server waits in another way.
ip netns exec "$A" "$SERVER_PROGRAM" load 127.0.0.1 7000 10000 4 until-term >"$TMP/load" &
load=$!
STARTED+=("$load")
for next in "B poll" "C select" "D epoll"; do
	read -r name how <<<"$next"
	adopts --from "web=$old:7000" --stop TERM -- "$SERVER_PROGRAM" serve "$name" 0.0.0.0 7000 "$how"
	like "$(cat "$SERVER_OUT")" '^ready 3 web$' "$name: gets the socket and its name"
	ended "$old" "$name: the old one ends in order"
	becomes grep -q "SIGTERM went to the old one, $old" "$ERR" &&
		ok "$name: and is told to, once the new one is there"
	old=$SERVER
done
kill -TERM "$load"
wait "$load"
echo "# $(cat "$TMP/load")"
like "$(cat "$TMP/load")" '^answered=[0-9]+ refused=0 reset=0 other=0 A=[0-9]+ B=[0-9]+ C=[0-9]+' \
	"three hand-overs: no connection is refused or reset"
is "$(($(found answered <"$TMP/load") >= 10000))" 1 "of at least 10,000"

# Without --stop both go on.
adopts --from "$old:7000" -- "$SERVER_PROGRAM" serve E 0.0.0.0 7000
both=$SERVER
like "$(cat "$SERVER_OUT")" '^ready 3 7000$' "the default name is the port"
load "$A" 127.0.0.1 7000 2000 8
like "$(cat "$TMP/load")" 'answered=2000 .* D=[0-9]+ E=[0-9]+' "two servers share a socket"
die "$old"
is "$(ask "$A" 127.0.0.1 7000)" "E 7000" "and one of them is enough"

# Blocking servers, several sockets, a delay.
serve "$A" F 127.0.0.1 7001 blocking
other=$SERVER
adopts --from "a=$both:7000" --from "b=$other:fd:$(fd_of_server)" --stop 15 --after 200ms -- \
	"$SERVER_PROGRAM" serve G - -
like "$(cat "$SERVER_OUT")" '^ready 3 a:b$' "several sockets, in order"
like "$(cat "$ERR")" 'warning: O_NONBLOCK is set, and both' \
	"the shared O_NONBLOCK is warned of"
like "$(cat "$ERR")" 'warning: O_NONBLOCK is not set' "and where it is not set, too"
ended "$both" "several: the first old server ends"
becomes grep -q "old one, $other" "$ERR" && ok "several: the second one is told to"
die "$other"
is "$(ask "$A" 127.0.0.1 7000 7001)" "G 7000 G 7001" "several: the new one has both"
last=$SERVER

# The new server fails: the old one goes on.
skw adopt --from "$last:7000" --stop TERM -- false
is "$STATUS" 1 "failed: the status is that of the command"
becomes grep -q 'has ended; the old one goes on' "$ERR" && ok "failed: is told"
skw adopt --from "$last:7000" --stop TERM -- "$TMP/nothing"
is "$STATUS" 2 "not there: status 2"
is "$(ask "$A" 127.0.0.1 7000)" "G 7000" "and the old server answers"
is "$(pgrep -fc "adopt --from $last")" 0 "no process is left"

# These are refused.
refused 'needs --from' "without --from" adopt -- true
refused 'behind --' "without a command" adopt --from "$last:7000"
refused 'no TCP listener on port 7009' "no listener" adopt --from "$last:7009" -- true
ip netns exec "$A" bash -c 'exec 9<>/dev/tcp/127.0.0.1/7000; echo ready; read -r <&8' \
	>"$TMP/client" 8<> <(:) &
client=$!
STARTED+=("$client")
wait_for_line "$TMP/client" "$client" '^ready'
refused 'does not listen' "a socket that does not listen" adopt --from "$client:fd:9" -- true
die "$client"
refused 'no such signal' "no signal" adopt --from "$last:7000" --stop NOTHING -- true
refused 'needs --stop' "a delay without a signal" adopt --from "$last:7000" --after 1s -- true
refused 'neither blanks nor colons' "a bad name" adopt --from "a b=$last:7000" -- true

# Another user may not take the sockets.
ip netns exec "$A" setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$SKWATCH" adopt --from "$last:7000" -- true 2>"$TMP/stranger"
is "$?" 2 "another user: status 2"
like "$(cat "$TMP/stranger")" 'CAP_SYS_PTRACE' "another user: names the capability"

# The process that waits is killed: the old server goes on, and so does the new one.
adopts --from "$last:7000" --stop TERM --after 60s -- "$SERVER_PROGRAM" serve H - -
waiting=$(pgrep -f "adopt --from $last:7000 --stop TERM --after 60s")
kill -KILL "$waiting"
becomes test ! -e "/proc/$waiting"
load "$A" 127.0.0.1 7000 1000 8
like "$(cat "$TMP/load")" 'answered=1000 .* G=[0-9]+ H=[0-9]+' "SIGKILL: both servers go on"

done_testing
