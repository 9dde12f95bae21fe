#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The bytes of a relay: all of them arrive, in both directions, with each engine, over IPv4 and IPv6;
# ends and resets pass through; a receiver that has stopped stops the sender; the process has no
# privileges, and nothing is left of it.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_relay.sh"
need root python3 ss
pair
six
SIZE=$((48 << 20))

backends 127.0.0.1 9001="swap,$SIZE" 9002=echo 9003=late,1000000 9004=early,1000000 9005=deaf \
	9006=reset 9007=name,b

for engine in splice copy; do
	relay --engine $engine 10.77.0.2:8001 127.0.0.1:9001
	is "$(ask swap 10.77.0.2 8001 $SIZE)" same "$engine: the client gets the backend's bytes"
	answer 9001
	is "$ANSWER" "9001 same" "$engine: the backend gets the client's bytes, meanwhile"
	stop TERM
	is "$STATUS" 0 "$engine: it ends with status 0"
	like "$(<"$ERR")" "127.0.0.1:9001: 1 connections, 0 now, 0 failed to connect, $SIZE bytes to it, $SIZE from it, 0 undelivered" \
		"$engine: the figures tell each byte"
done

# The engine that is the default; clients of both families come to one listener.
relay --json :8002 127.0.0.1:9002
is "$(ask short 10.77.0.2 8002 500)" 500 "500 short connections are answered"
is "$(ask short fd77::2 8002 5)" 5 "clients of IPv6 come to a backend of IPv4"
kill -USR1 "$PID"
wait_for_line "$ERR" "$PID" '505 connections accepted, 0 now' || not_ok "SIGUSR1 tells the figures"
is "$(lines_like "$ERR" '505 connections accepted')" 1 "SIGUSR1 tells the figures"
stop
tells_505

for engine in splice copy; do
	passes_ends $engine
	stops_sender $engine
	relay --engine $engine :8009 127.0.0.1:9002
	is "$(ask urgent 10.77.0.2 8009 3000000)" 3000100 "$engine: bytes behind urgent data arrive"
	stop
done

relay :8006 127.0.0.1:9006
is "$(ask end 10.77.0.2 8006)" reset "a backend's reset reaches the client"
stop
like "$(grep relay-end "$OUT")" 'reason reset by backend' "... and is told"

relay :8007 127.0.0.1:9007
is "$(ask reset 10.77.0.2 8007)" "done" "a client resets the connection"
answer 9007
is "$ANSWER" "9007 b reset" "... and the backend learns it"
keeps_few_privileges
kill -USR1 "$PID"
wait_for_line "$ERR" "$PID" '1 now, 0 failed to connect, 0 bytes to it, 2 from it' &&
	ok "SIGUSR1 tells the bytes of open connections"
kill -KILL "$PID"
finish
wait_for_line "$TMP/kept" "$CLIENT" '^(end|reset)' || bail "no end"
ok "SIGKILL ends its connections"
gone() { [ -z "$(ss -N "$B" -Htan state established state listening state close-wait '( sport = :8007 or dport = :9007 )')" ]; }
becomes gone && ok "... and leaves no socket"

# The memory of a connection that is freed is overwritten.
MALLOC_PERTURB_=165 relay :8010 127.0.0.1:9010
is "$(ip netns exec "$B" "${PEER[@]}" burst 127.0.0.1 8010 "$PID" 9010 2>&1)" "done" \
	"SIGUSR2 may come between two events of a connection that ends"
stop
is "$STATUS" 0 "... and the relay goes on"

backends ::1 9012=echo
relay -q '[fd77::2]:8012' '[::1]:9012'
is "$(ask short fd77::2 8012 3)" 3 "a listener and a backend of IPv6"
stop
is "$(<"$OUT")" "" "--quiet prints no event"

relay --echo :8008
is "$(ask short 10.77.0.2 8008 3)" 3 "--echo needs no backend"
stop
done_testing
