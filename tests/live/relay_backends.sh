#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The backends of a relay: which of them gets a connection, what happens when one is slow, dies and
# comes back; the client's address for them; limits; the graceful end; errors in the command line.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_relay.sh"
need root python3 ss
pair
six
# A host that takes no notice.
ip -n "$B" neigh replace 10.77.0.9 lladdr 02:00:00:00:00:09 dev eth0

backends 127.0.0.1 9001=name,one 9002=name,two 9003=name,three 9004=head
THREE=(127.0.0.1:9001 127.0.0.1:9002 127.0.0.1:9003)

relay :8001 "${THREE[@]}"
is "$(ask name 10.77.0.2 8001 6)" "one two three one two three" "round robin"
stop
relay --balance source-hash :8001 "${THREE[@]}"
names=$(ask name 10.77.0.2 8001 4)
like "$names" '^(\w+) \1 \1 \1$' "source hash: a client stays with its backend"
is "$(ask name 10.77.0.2 8001 1)" "${names%% *}" "... also from another port"
stop
relay --balance least-connections :8001 "${THREE[@]}"
hold first hold 10.77.0.2 8001
wait_for_line "$TMP/first" "$CLIENT" '^holds one' || bail "no first"
hold second hold 10.77.0.2 8001
wait_for_line "$TMP/second" "$CLIENT" '^holds two' || bail "no second"
becomes eval '[ "$(ask name 10.77.0.2 8001)" = three ]' && ok "least connections"
kill -KILL "$PID"
finish

relay --connect-timeout 200ms :8001 10.77.0.9:80 127.0.0.1:9999 127.0.0.1:9002
is "$(ask name 10.77.0.2 8001)" two "a backend that is silent and one that refuses are passed over"
stop
is "$(grep relay-fail "$OUT" | sed 's/.*backend //')" "10.77.0.9:80, reason Connection timed out
127.0.0.1:9999, reason Connection refused" "... and told"
like "$(<"$ERR")" '10.77.0.9:80: 0 connections, 0 now, 1 failed to connect' "... and counted"
relay :8001 127.0.0.1:9999
is "$(ask name 10.77.0.2 8001)" reset "without a backend the client is reset"
stop
like "$(<"$ERR")" '1 connections accepted, 0 now, 1 at most, 1 refused' "... and counted"

# Health. The backend dies with its connection; then it comes back.
backends 127.0.0.1 9011=name,mortal
relay --check 50ms --fall 2 --rise 2 :8001 127.0.0.1:9011 127.0.0.1:9002
hold lives hold 10.77.0.2 8001
wait_for_line "$TMP/lives" "$CLIENT" '^holds mortal' || bail "no connection"
kill -KILL "$SERVER"
wait_for_line "$TMP/lives" "$CLIENT" '^(end|reset)' && ok "a backend that dies ends its connections"
wait_for_line "$OUT" "$PID" ' down .*127.0.0.1:9011.* checks 2, reason Connection refused' &&
	ok "two failed checks: it is down"
is "$(ask name 10.77.0.2 8001 3)" "two two two" "... and gets no connection"
is "$(lines_like "$OUT" relay-fail)" 0 "... not even an attempt"
backends 127.0.0.1 9011=name,risen
wait_for_line "$OUT" "$PID" ' up .*127.0.0.1:9011.* checks 2, reason it answers' &&
	ok "two good checks: it is up"
becomes eval '[ "$(ask name 10.77.0.2 8001)" = risen ]' && ok "... and gets connections"
stop

# The client's address.
backends 127.0.0.1 9014=head
for version in v1 v2; do
	for to in 10.77.0.2 fd77::2; do
		relay --proxy $version :8004 127.0.0.1:9014
		port=$(ask head $to 8004 | sed -n 's/^port //p')
		answer 9014
		is "$(python3 - "$version" "$port" "${ANSWER##* }" <<'END'
import socket, struct, sys
version, port, head = sys.argv[1], int(sys.argv[2]), bytes.fromhex(sys.argv[3])
for family, name, a, b in ((socket.AF_INET, "TCP4", "10.77.0.1", "10.77.0.2"),
                           (socket.AF_INET6, "TCP6", "fd77::1", "fd77::2")):
    want = ("PROXY %s %s %s %d 8004\r\n" % (name, a, b, port)).encode()
    if version == "v2":
        rest = socket.inet_pton(family, a) + socket.inet_pton(family, b) + \
            struct.pack(">HH", port, 8004)
        want = b"\r\n\r\n\0\r\nQUIT\n\x21" + (b"\x11" if name == "TCP4" else b"\x21") + \
            struct.pack(">H", len(rest)) + rest
    if head.startswith(want):
        print(name, "question".startswith(head[len(want):].decode()))
END
)" "$([ $to = fd77::2 ] && echo TCP6 || echo TCP4) True" "PROXY protocol $version to $to"
		stop
		like "$(grep relay-end "$OUT")" 'to backend bytes 8,' "... is none of the client's bytes"
	done
done

# Limits.
relay --max-connections 1 :8001 127.0.0.1:9001
hold one hold 10.77.0.2 8001
FIRST=$CLIENT
wait_for_line "$TMP/one" "$FIRST" '^holds' || bail "no connection"
exec 9>&8
hold two hold 10.77.0.2 8001
waits() { ss -N "$A" -Htn state established dport = :8001 | grep -c . | grep -qx 2; }
becomes waits || bail "no second connection"
is "$(cat "$TMP/two")" "" "a client beyond the limit waits"
echo >&9
wait_for_line "$TMP/two" "$CLIENT" '^holds' && ok "... until another ends"

# The graceful end.
kill -TERM "$PID"
wait_for_line "$ERR" "$PID" 'no more connections are taken; 1 go on' && ok "the first signal: no more connections"
is "$(ask name 10.77.0.2 8001)" refused "... a client is refused"
echo >&8
finish
is "$STATUS" 0 "... it ends with its last connection"
wait_for_line "$TMP/two" "$CLIENT" '^(end|reset)'
is "$(tail -n 1 "$TMP/two")" end "... which has ended well"
relay :8001 127.0.0.1:9001
hold three hold 10.77.0.2 8001
wait_for_line "$TMP/three" "$CLIENT" '^holds' || bail "no connection"
again() { kill -TERM "$PID" 2>/dev/null; ! is_child "$PID" || grep -qs '^State:.Z' "/proc/$PID/status"; }
becomes again
finish
is "$STATUS" 0 "a second signal ends it"
like "$(grep relay-end "$OUT")" 'reason the relay has ended' "... and its connections"
relay --drain 100ms :8001 127.0.0.1:9001
hold four hold 10.77.0.2 8001
wait_for_line "$TMP/four" "$CLIENT" '^holds' || bail "no connection"
stop
is "$STATUS" 0 "--drain limits the wait"

relay --idle-timeout 300ms :8001 127.0.0.1:9001
hold idle hold 10.77.0.2 8001
wait_for_line "$TMP/idle" "$CLIENT" '^reset' && ok "an idle connection is ended"
stop
like "$(grep relay-end "$OUT")" 'reason idle' "... and told"
relay -c 2 :8001 127.0.0.1:9001
is "$(ask name 10.77.0.2 8001)" one "-c counts events"
finish
is "$STATUS $(grep -c . "$OUT")" "0 2" "... and ends"

# Errors.
refused() { # REGEX ARGUMENT...
	local regex=$1
	shift
	run relay "$@"
	is "$STATUS" 2 "relay $*: status 2"
	like "$(<"$ERR")" "^skwatch: .*$regex" "... with a reason"
}
refused 'needs LISTEN'
refused 'at least one BACKEND' :8001
refused 'such as 192.0.2.1:80' :8001 127.0.0.1
refused 'names are not looked up' :8001 localhost:80
refused 'such as 192.0.2.1:80' :8001 127.0.0.1:0
refused 'such as 192.0.2.1:80' :8001 127.0.0.1:65536
refused 'names are not looked up' :8001 fd77::1:80
refused 'names are not looked up' '[10.0.0.1]:8001' 127.0.0.1:80
refused 'the relay itself' :8001 127.0.0.1:8001
refused 'the relay itself' 192.0.2.1:8001 192.0.2.1:8001
refused 'the relay itself' 0.0.0.0:8001 0.0.0.0:8001
refused 'uses no backends' --echo :8001 127.0.0.1:80
refused 'engine' --engine magic :8001 127.0.0.1:80
refused 'may open|can open|files' --max-connections 1000000 :8001 127.0.0.1:80
launch "$B" relay --dry-run 10.77.0.2:9001 127.0.0.1:80
finish
is "$STATUS" 0 "--dry-run ends"
like "$(<"$ERR")" 'would listen on 10.77.0.2:9001' "... and tells its plan"
run relay --dry-run 0.0.0.0:9001 '[::1]:9001'
is "$STATUS" 0 "one port of both families: a listener of IPv4 before a server of IPv6"
launch "$B" relay 127.0.0.1:9001 127.0.0.1:80
finish
is "$STATUS" 1 "a port that is used: status 1"
like "$(<"$ERR")" "127.0.0.1:9001 can't be listened on: Address already in use" "... with the reason"
done_testing
