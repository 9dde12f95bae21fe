#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Packets and connections in one session: one loop, one split, everything in the order of time,
# and nothing lost while thousands of sockets are swept.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
crowds
JOINED=$builddir/tests/live/joined
[ -x "$JOINED" ] || bail "$JOINED is not there"
SOCKETS=20000
PACKETS=500000 # at 100,000 a second, as far as the machine can
SHORT=500
pair

conns "$A" many $SOCKETS --per-process 5000
OUT=$TMP/joined ERR=$TMP/joined.err
ip netns exec "$A" "${as_typed[@]}" "$JOINED" eth0 >"$OUT" 2>"$ERR" </dev/null &
PID=$!
STARTED+=("$PID")
wait_for_line "$OUT" "$PID" '^ready$'
is "$?" 0 "a session with both sources starts, and sweeps"

ip netns exec "$A" "$CONNS" short $SHORT --peer "$B" >"$TMP/short" 2>&1 &
SHORT_PID=$!
STARTED+=("$SHORT_PID")
began=$(date +%s%N)
traffic "$A" flood eth0 $PACKETS 100 --pps 100000
took_ms=$((($(date +%s%N) - began) / 1000000))
wait "$SHORT_PID"
is "$?" 0 "short connections come and go meanwhile"
kill -TERM "$PID"
wait "$PID"
is "$?" 0 "ends with status 0"
forget "$PID"

number() { awk -v name="$1" '$1 == name { print $2 }' "$OUT"; }
echo "# $((PACKETS / took_ms)),000 packets/s; $(tr '\n' ',' <"$OUT")"
is "$(number children)" 1 "one keeper for both: it has split once"
is "$(number disorder)" 0 "packets and events are handed on in one order of time"
is "$(($(number switches) > SHORT))" 1 "and they come in between each other"
is "$(($(number packets) >= PACKETS))" 1 "all packets came"
is "$(number seen) $(number dropped)" "$(number packets) 0" "none was lost"
is "$(($(number events) >= 3 * SHORT)) $(number lost)" "1 0" "no event was lost"
is "$(($(number rows) >= SOCKETS))" 1 "sweeps met all sockets"
is "$(($(number sweeps) >= 3))" 1 "sweeps went on while packets came"
done_testing
