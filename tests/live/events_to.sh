#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# events --to and messages --to: a stream, batches by HTTP, a receiver that fails in all ways, a
# queue that is full, and a spool over restarts and kills. Each number of an event is accounted for.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
PEER=(python3 "$srcdir/tests/live/to_peer.py")
URL=http://127.0.0.1:9000/x
GOT=$TMP/got

# receiver ARGUMENTS...: starts one in $A; its words are in $SAID.
receiver() {
	RECEIVERS=$((${RECEIVERS:-0} + 1))
	SAID=$TMP/said.$RECEIVERS
	: >"$SAID"
	ip netns exec "$A" "${PEER[@]}" "$@" >"$SAID" 2>"$SAID.err" &
	RECEIVER=$!
	STARTED+=("$RECEIVER")
	wait_for_line "$SAID" "$RECEIVER" '^ready$' || bail "no receiver: $(cat "$SAID.err")"
}
fresh() { rm -f "$GOT"*; }
# connect N: that many connections of which each gives an event.
connect() { inside "$A" "$CONNS" short "$1" --peer "$B" >/dev/null; }
# to ARGUMENTS...: sends the closes of these connections.
to() { watch "$A" events --netns self -t close --where 'rport = 7001' "$@"; }
judged() { "${PEER[@]}" judge "$@" | tr '\n' ' '; }
# sent, again, dropped, refused, left: numbers of the last closing line.
sent() { sed -nE 's/^skwatch: ([0-9]+) (events|messages) sent to .*/\1/p' "$ERR" | tail -n 1; }
again() { sed -nE 's/.* ([0-9]+) of them again;.*/\1/p' "$ERR" | tail -n 1; }
dropped() { sed -nE 's/.* ([0-9]+) dropped because the .*/\1/p' "$ERR" | tail -n 1; }
refused() { sed -nE 's/.* ([0-9]+) refused, .*/\1/p' "$ERR" | tail -n 1; }
left() { sed -nE 's/.* refused, ([0-9]+) .*/\1/p' "$ERR" | tail -n 1; }
balance() { echo "$(sent) $(dropped) $(refused) $(left)"; }
# waiting N: waits until that many are in the spool or the queue.
waits_for() { kill -USR1 "$PID" && [ "$(left)" = "$1" ]; }
waiting() { becomes waits_for "$1" || bail "not $1 events are waiting: $(cat "$ERR")"; }

# ---- HTTP ----

receiver http 127.0.0.1 9000 "$GOT"
printf '# of the user\nX-Test: yes\n\n' >"$TMP/headers"
to --to "http://user:pa%20ss@127.0.0.1:9000/x?query=INSERT INTO t" --to-header "@$TMP/headers" \
	--to-header 'Content-Type: text/plain' --batch-time 100ms
connect 200
becomes test -s "$GOT"
stop
is "$STATUS" 0 "http: status 0"
is "$(judged "$GOT")" "lines=200 doubles=0 runs=1 gaps=0 broken=0 " "http: all events came, numbered from 1"
is "$(balance)" "200 0 0 0" "http: and the figures tell so"
is "$(cat "$OUT")" "" "http: nothing is on standard output"
is "$(python3 -c 'import json, sys; r = json.loads(open(sys.argv[1]).readline()); print(r["host"], r["boot_id"], r["type"], len(r["run"]))' "$GOT")" \
	"$(hostname) $(cat /proc/sys/kernel/random/boot_id) close 16" "http: with host, boot and run"
like "$(head -n 2 "$SAID")" 'POST /x\?query=INSERT%20INTO%20t HTTP/1.1 auth=Basic dXNlcjpwYSBzcw== type=text/plain x=yes' \
	"http: the query, the password and the headers"
is "$(lines_like "$ERR" 'pa.*ss@|dXNl')" 0 "http: the password is not printed"

# All kinds of failure, with small batches, and the exact end of it.
die "$RECEIVER"
fresh
receiver http 127.0.0.1 9000 "$GOT" close ok 500 chunked 429 done hang drip ok half early noise 408 503 ok
to --to $URL --batch-size 20K --batch-time 20ms --to-timeout 300ms
connect 300
becomes grep -q '^request 16 ' "$SAID"
stop
is "$(judged "$GOT")" "lines=300 doubles=0 runs=1 gaps=0 broken=0 " "failures: every event came once"
is "$(balance)" "300 0 0 0" "failures: the figures"
[ "$(again)" -gt 0 ]
is $? 0 "failures: some were sent again ($(again))"
like "$(cat "$ERR")" '^skwatch: http://127.0.0.1:9000: .*; skwatch tries again$' "failures: it is told"

# A number of seconds that the server asks for.
die "$RECEIVER"
fresh
receiver http 127.0.0.1 9000 "$GOT" 429:1
to --to $URL --batch-time 20ms
connect 5
wait_for_line "$SAID" "$RECEIVER" '^request 1 '
began=$(date +%s%N)
wait_for_line "$SAID" "$RECEIVER" '^request 2 '
lasted=$((($(date +%s%N) - began) / 1000000))
stop
[ $lasted -ge 900 ]
is $? 0 "Retry-After: it waits for a second ($lasted ms)"
is "$(judged "$GOT")" "lines=5 doubles=0 runs=1 gaps=0 broken=0 " "Retry-After: and then all came"

# A batch that the server does not want.
die "$RECEIVER"
fresh
receiver http 127.0.0.1 9000 "$GOT" 400 400
to --to $URL --batch-size 1 --batch-time 20ms
connect 1
wait_for_line "$SAID" "$RECEIVER" '^request 1 '
connect 1
wait_for_line "$SAID" "$RECEIVER" '^request 2 '
connect 7
stop
is "$(balance)" "7 0 2 0" "400: what was refused is counted"
is "$(judged "$GOT")" "lines=7 doubles=0 runs=1 gaps=2 broken=0 " "400: and leaves a gap"
is "$(lines_like "$ERR" '400: line one of 400; 1 events are dropped$')" 1 "400: the server's first line is told once"

# A queue that is full while nobody listens; the receiver comes later.
die "$RECEIVER"
fresh
to --to $URL --queue 256K --batch-size 64K --batch-time 20ms
connect 800
wait_for_line "$ERR" "$PID" '^skwatch: the queue is full: new events are dropped and counted$'
receiver http 127.0.0.1 9000 "$GOT"
waiting 0
# The events behind the gap tell its end.
connect 10
stop
lines=$("${PEER[@]}" judge "$GOT" | found lines)
gaps=$("${PEER[@]}" judge "$GOT" | found gaps)
is "$((lines + gaps)) $(sent) $(dropped)" "810 $lines $gaps" "full queue: sent and dropped add up, and the gaps are what was dropped ($gaps)"
[ "$gaps" -gt 100 ]
is $? 0 "full queue: and it was full"

# IPv6, and a name that has addresses of both kinds while only one of them listens.
die "$RECEIVER"
fresh
receiver http ::1 9000 "$GOT"
to --to 'http://[::1]:9000' --batch-time 20ms
connect 3
stop
is "$(judged "$GOT")" "lines=3 doubles=0 runs=1 gaps=0 broken=0 " "IPv6: an address in brackets"
fresh
die "$RECEIVER"
receiver http 127.0.0.1 9000 "$GOT"
to --to http://localhost:9000/ --batch-time 20ms
connect 3
stop
is "$(judged "$GOT")" "lines=3 doubles=0 runs=1 gaps=0 broken=0 " "a name: its addresses are tried in turn"

# A name that gets another address while skwatch runs. Its process has a file of names of its own.
fresh
echo '127.0.0.5 receiver' >"$TMP/hosts"
LAUNCHED=$((LAUNCHED + 1))
ERR=$TMP/err.$LAUNCHED
nsenter --net="/run/netns/$A" unshare --mount --propagation private \
	sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$TMP/hosts" "${as_typed[@]}" "$SKWATCH" events \
	--netns self -t close --where 'rport = 7001' --to http://receiver:9002/ --batch-time 20ms 2>"$ERR" &
PID=$!
STARTED+=("$PID")
wait_for_line "$ERR" "$PID" '^skwatch: watching '
first=$RECEIVER
receiver http 127.0.0.6 9002 "$GOT"
connect 3
wait_for_line "$ERR" "$PID" 'Connection refused; skwatch tries again$'
is "$?" 0 "a receiver that is not there is told by the reason"
echo '127.0.0.6 receiver' >"$TMP/hosts"
becomes test -s "$GOT"
stop
is "$STATUS $(judged "$GOT")" "0 lines=3 doubles=0 runs=1 gaps=0 broken=0 " "a name is looked up again"
RECEIVER=$first

# ---- the end ----

# A receiver that hangs holds the end up for a few seconds, and then the figures tell.
die "$RECEIVER"
receiver http 127.0.0.1 9000 "$GOT" hang hang hang
to --to $URL --batch-time 20ms
connect 4
wait_for_line "$SAID" "$RECEIVER" '^request 1 '
stop
is "$STATUS $(balance)" "0 0 0 0 4" "end: what could not be sent is told"

# ---- a spool ----

die "$RECEIVER"
fresh
mkdir "$TMP/spool"
spooled() { to --to $URL --batch-time 20ms --spool "$TMP/spool" --spool-size 4M "$@"; }
spooled
connect 50
waiting 50
first=$PID first_err=$ERR
launch "$A" events --netns self --to $URL --spool "$TMP/spool"
finish
is "$STATUS" 1 "spool: a second one at it is refused"
like "$(cat "$ERR")" 'events.spool: another skwatch uses it' "spool: with the reason"
PID=$first ERR=$first_err
stop
is "$STATUS $(balance)" "0 0 0 0 50" "spool: the end leaves them in it"
is "$(stat -c '%a %s' "$TMP/spool/events.spool")" "600 $(((4 << 20) + 8192))" "spool: its file is the user's own, and has its size"

# Killed in the middle, with a receiver that takes some.
receiver http 127.0.0.1 9000 "$GOT" ok hang
spooled --batch-size 20K
like "$(cat "$ERR")" '^skwatch: 50 events of before are in the spool' "spool: those of before are told"
connect 100
becomes grep -q '^request 2 ' "$SAID"
took=$("${PEER[@]}" judge "$GOT" | found lines)
waiting $((150 - took))
die "$PID"
die "$RECEIVER"
receiver http 127.0.0.1 9000 "$GOT"
spooled
becomes test "$("${PEER[@]}" judge "$GOT" | found runs)" = 2
waiting 0
stop
is "$(balance)" "$((150 - took)) 0 0 0" "spool: what a killed skwatch left is sent by the next one"
is "$(judged "$GOT")" "lines=150 doubles=0 runs=2 gaps=0 broken=0 " "spool: nothing is lost over the end and the kill"

# Damaged, foreign, too large for the disk.
python3 - "$TMP/spool/events.spool" <<'END'
import sys
with open(sys.argv[1], "r+b") as f:
    f.write(b"\xff" * 100)
    f.seek(4096)
    f.write(b"skwpost1" + b"\xff" * 100)
END
spooled
connect 2
stop
is "$(balance)" "2 0 0 0" "spool: a damaged one begins anew"
like "$(cat "$ERR")" 'events.spool: it is damaged' "spool: and that is told"
echo "something else" >"$TMP/spool/messages.spool"
chmod 600 "$TMP/spool/messages.spool"
launch "$A" messages --to $URL --spool "$TMP/spool"
finish
is "$STATUS $(cat "$TMP/spool/messages.spool")" "1 something else" "spool: another file is left alone"
ln -sf "$TMP/elsewhere" "$TMP/spool/messages.spool"
launch "$A" messages --to $URL --spool "$TMP/spool"
finish
is "$STATUS $(ls "$TMP/elsewhere" 2>&1 | wc -l)" "1 1" "spool: a link is not followed"
mkdir "$TMP/disk"
if mount -t tmpfs -o size=1m none "$TMP/disk" 2>/dev/null; then
	MOUNTS+=("$TMP/disk")
	launch "$A" events --netns self --to $URL --spool "$TMP/disk" --spool-size 2M
	finish
	is "$STATUS" 1 "spool: a disk that has no room for it is an error at the start"
	like "$(cat "$ERR")" 'events.spool: No space left on device' "spool: with the reason"
fi

# ---- streams ----

fresh
die "$RECEIVER"
receiver stream "unix:$TMP/sock" "$GOT"
to --to "unix:$TMP/sock"
connect 50
stop
becomes grep -q '^connection 1 bytes' "$SAID"
is "$STATUS $(balance)" "0 50 0 0 0" "unix: status and figures"
is "$(judged "$GOT.1")" "lines=50 doubles=0 runs=1 gaps=0 broken=0 " "unix: all events came"

# A stream that is cut within a line: the next connection begins with a whole line.
fresh
receiver stream 127.0.0.1 9001 "$GOT" 5000
to --to tcp:127.0.0.1:9001
connect 20
wait_for_line "$SAID" "$RECEIVER" '^connection 1 cut'
connect 200
stop
becomes grep -q '^connection 2 bytes' "$SAID"
is "$STATUS $(balance)" "0 220 0 0 0" "tcp: status and figures"
is "$("${PEER[@]}" judge "$GOT.2" | found broken)" 0 "tcp: after a cut, lines are whole"
is "$(tail -n 1 "$GOT.2" | grep -c '"seq":220}')" 1 "tcp: up to the last one"

# ---- files ----

start "$A" capture -i eth0 -w "$TMP/f.pcapng" --no-owner 'tcp port 7001'
connect 300
stop
is "$STATUS" 0 "a recording is there"
run events -r "$TMP/f.pcapng" --json -t close --where 'rport = 7001'
want=$(wc -l <"$OUT")
fresh
receiver http 127.0.0.1 9000 "$GOT" 500 ok 500
launch "$A" events -r "$TMP/f.pcapng" -t close --where 'rport = 7001' --to $URL --queue 512K --batch-size 64K
finish
is "$STATUS $(balance)" "0 $want 0 0 0" "-r: a file waits for the receiver ($want events)"
is "$(judged "$GOT")" "lines=$want doubles=0 runs=1 gaps=0 broken=0 " "-r: all came"
fresh
launch "$A" events -r "$TMP/f.pcapng" -t close --where 'rport = 7001' --to $URL --queue 256K --batch-size 64K --to-timeout 1s
finish
is "$STATUS $(balance)" "0 $want 0 0 0" "-r: the smallest queue is enough"
fresh
launch "$A" messages -r "$srcdir/pcap-samples/dns-types.pcap" --to $URL
finish
run messages -r "$srcdir/pcap-samples/dns-types.pcap" --json
want=$(wc -l <"$OUT")
is "$(judged "$GOT")" "lines=$want doubles=0 runs=1 gaps=0 broken=0 " "messages -r: all came ($want)"

# ---- words ----

rm -rf "$TMP/spool"
mkdir "$TMP/spool"
refuses() { # ARGUMENTS...: a usage error
	run events "$@"
	is "$STATUS $(lines_like "$ERR" .)" "2 1" "refused: $*"
}
refuses --to https://127.0.0.1/ --spool "$TMP/spool"
refuses --to tcp:127.0.0.1 --spool "$TMP/spool"
refuses --to tcp:127.0.0.1:70000
refuses --to tcp:::1:80
refuses --to unix:
refuses --to ftp://127.0.0.1/
refuses --to http:///x
refuses --to 'http://127.0.0.1/#x'
refuses --to http://127.0.0.1/ --to-header 'no header' --spool "$TMP/spool"
refuses --to http://127.0.0.1/ --to-header 'Content-Length: 3'
refuses --to http://127.0.0.1/ --to-header "$(printf 'A: b\r\nC: d')"
refuses --to http://127.0.0.1/ --to-header @/nonexistent
refuses --to tcp:127.0.0.1:80 --to-header 'A: b'
refuses --to tcp:127.0.0.1:80 --batch-size 1M
refuses --to http://127.0.0.1/ --batch-size 1M --queue 1M
refuses --to http://127.0.0.1/ --spool-size 1M
refuses --to http://127.0.0.1/ --spool "$TMP/spool" --queue 1M
refuses --to http://127.0.0.1/ --queue 1K
refuses --spool "$TMP/spool"
refuses --batch-time 1s
run messages --summary --to http://127.0.0.1/
is "$STATUS" 2 "refused: messages --summary --to"
is "$(ls "$TMP/spool")" "" "refused: and nothing was created"
launch "$A" events --netns self --to http://no-such-host.invalid/
finish
is "$STATUS" 1 "a name that nobody has: status 1"
done_testing
