#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch relay with its engine in the kernel: each byte arrives in its order, whether the kernel or
# the process has moved it; ends and resets pass through; a receiver that has stopped stops the
# sender; the process has no privileges, and no program or map is left of it.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_relay.sh"
need root python3 ss bpftool
pair
six
SIZE=$((24 << 20))

backends 127.0.0.1 9001="swap,$SIZE" 9002=echo 9003=late,1000000 9004=early,1000000 9005=deaf \
	9006=reset 9007=name,b 9008=asked 9010=bursts,12

# moved: the bytes that the kernel has moved, and the connections that it has not joined.
moved() { sed -n 's/^skwatch: \([0-9]*\) bytes were moved by the kernel.*; \([0-9]*\) conn.*/\1 \2/p' "$ERR"; }

relay --engine sockmap 10.77.0.2:8001 127.0.0.1:9001
is "$(ask swap 10.77.0.2 8001 $SIZE)" same "the client gets the backend's bytes"
answer 9001
is "$ANSWER" "9001 same" "the backend gets the client's bytes, meanwhile"
is "$(ask first 10.77.0.2 8001 $SIZE)" same "a client that reads later does not stop its own bytes"
answer 9001
is "$ANSWER" "9001 same" "... and they are all right"
stop TERM
is "$STATUS" 0 "it ends with status 0"
like "$(<"$ERR")" "127.0.0.1:9001: 2 connections, 0 now, 0 failed to connect, $((2 * SIZE)) bytes to it, $((2 * SIZE)) from it, 0 undelivered" \
	"the figures tell each byte"
read -r kernel outside <<<"$(moved)"
check "the kernel has moved some, the process the others: $kernel" \
	test "$kernel" -gt 0 -a "$kernel" -lt $((4 * SIZE)) -a "$outside" = 0

# After each burst nothing is on its way, so the kernel begins again; and then it is too much for it.
relay --engine sockmap :8010 127.0.0.1:9010
is "$(ask bursts 10.77.0.2 8010 12)" 12 "bursts are answered"
answer 9010
is "$ANSWER" "9010 good 12" "... and are in order, although kernel and process take turns"
stop
read -r kernel outside <<<"$(moved)"
check "... in each of them: $kernel" test "$kernel" -gt $((12 * 32768)) -a "$kernel" -lt $((36 << 20))

relay --engine sockmap --json :8002 127.0.0.1:9002
is "$(ask short 10.77.0.2 8002 500)" 500 "500 short connections are answered"
is "$(ask short fd77::2 8002 5)" 5 "clients of IPv6 come to a backend of IPv4"
stop
tells_505

passes_ends sockmap

# The kernel takes no socket that has got its end.
relay --engine sockmap :8003 127.0.0.1:9003
kill -STOP "$PID"
hold ended late 10.77.0.2 8003 1000000
has_ended() { [ -n "$(ss -N "$B" -Htn state close-wait '( sport = :8003 )')" ]; }
becomes has_ended || bail "no end came"
kill -CONT "$PID"
wait_for_line "$TMP/ended" "$CLIENT" '^same' && ok "a client that has ended before it was accepted gets its answer"
answer 9003
is "$ANSWER" "9003 asked 1000 end" "... and the backend sees its end"
stop
is "$(moved)" "0 1" "... and the figures tell that the kernel has moved nothing"

stops_sender sockmap

relay --engine sockmap :8006 127.0.0.1:9006
is "$(ask end 10.77.0.2 8006)" reset "a backend's reset reaches the client"
is "$(ask flood 10.77.0.2 8006)" reset "... also one that only sends"
stop
is "$(lines_like "$OUT" 'relay-end.*reason reset by backend')" 2 "... and is told"

relay --engine sockmap --proxy v1 :8008 127.0.0.1:9008
like "$(ask head 10.77.0.2 8008)" x "the header of the PROXY protocol comes first"
answer 9008
like "$ANSWER" "9008 asked $(printf 'PROXY TCP4 10.77.0.1 10.77.0.2 ' | od -An -tx1 | tr -d ' \n')" "... and the backend gets it"
stop
is "$(moved)" "9 0" "... and the kernel moves the question and the answer"

relay --engine sockmap --idle-timeout 300ms :8007 127.0.0.1:9007
is "$(ask reset 10.77.0.2 8007)" "done" "a client resets the connection"
answer 9007
is "$ANSWER" "9007 b reset" "... and the backend learns it"
hold idle hold 10.77.0.2 8007
wait_for_line "$TMP/idle" "$CLIENT" '^reset' && ok "a connection on which nothing moves is reset"
stop

relay --engine sockmap :8007 127.0.0.1:9007
keeps_few_privileges
map=$(sed -n 's/^map_id:\t//p' /proc/"$PID"/fdinfo/* 2>/dev/null | head -n1)
check "its maps are there" bpftool map show id "$map"
kill -KILL "$PID"
finish
wait_for_line "$TMP/kept" "$CLIENT" '^(end|reset)' || bail "no end"
ok "SIGKILL ends its connections"
gone() { ! bpftool map show id "$map" >/dev/null 2>&1; }
becomes gone && ok "... and its maps are gone"

# The kernel moves urgent data like any other: no byte waits behind it, and none is lost.
relay --engine sockmap :8009 127.0.0.1:9002
for size in 0 1000 3000000; do
	is "$(ask urgent 10.77.0.2 8009 $size 101)" $((size + 101)) "an urgent byte behind $size others becomes one of them"
done
stop
like "$(<"$ERR")" ' 0 undelivered' "... and each is delivered"

relay --engine sockmap :8007 127.0.0.1:9007
hold dies hold 10.77.0.2 8007
wait_for_line "$TMP/dies" "$CLIENT" '^holds b' || bail "no connection"
die "$SERVER"
wait_for_line "$TMP/dies" "$CLIENT" '^(end|reset)' && ok "a backend that dies ends its connection"
is "$(ask name 10.77.0.2 8007)" reset "... and the next client is reset"
stop
is "$STATUS $(lines_like "$OUT" 'relay-end')" "0 2" "... and both are told"

launch "$B" relay --engine sockmap --echo :8009
finish
is "$STATUS" 2 "--echo has no such engine"
like "$(<"$ERR")" 'sockmap.*backends' "... and it is said"
done_testing
