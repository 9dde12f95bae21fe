#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top -u: what sockets of UDP move, exactly, in both directions and versions of IP; sockets that are
# older than top, short ones, drops and sums.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
pair
six
cgroup
conns "$A" datagrams --peer "$B"

# agrees WHAT ROWS [PID]: see datagrams.py. becomes_so NAME WHAT ROWS [PID]: waits until it does.
agrees() { python3 "$srcdir/tests/live/datagrams.py" "$1" "$2" "$CONNS_OUT" "${@:3}" >"$TMP/faults"; }
becomes_so() {
	becomes agrees "${@:2}"
	check "$1" agrees "${@:2}" || sed 's/^/#   /' "$TMP/faults"
}
attached() { bpftool cgroup show "$CGROUP" 2>/dev/null | grep -c skw_udp; }

# Without -u nothing is counted, and nothing pays for it.
tell old 3
once "$A" -l --json -n 1 --cgroup "$CGROUP"
is "$("${ROWS[@]}" count "$OUT" 'proto == "udp" and state == "UNCONN"')" 2 "the sockets have rows"
is "$("${ROWS[@]}" count "$OUT" 'bytes_acked is not None or tx_pps is not None')" 0 \
	"without -u nothing is known of what they move"

launch "$A" top -u -g pid --json -d 0.2 --closed 60 --cgroup "$CGROUP"
SUMS=$OUT
launch "$A" top -u --json -d 0.2 --closed 60 --cgroup "$CGROUP"
await 1 '"proto":"udp"'
wait_for_line "$SUMS" "$PID" '"number"'
is "$(attached)" 8 "the programs of both are attached"
tell old 20
becomes_so "of older sockets: rates, but no totals" old "$OUT"
tell talk 50
becomes_so "bytes and datagrams are exact: IPv4, IPv6, both, connected or not, segments" same "$OUT"
tell short 30
becomes_so "of short sockets too, with their process" same "$OUT"
tell flood 400
becomes_so "what arrived is counted, also if it was dropped" same "$OUT"
becomes_so "drops, and their rate" drops "$OUT"
becomes_so "the sums of a process" group "$SUMS" "$CONNS_PID"
tell close
becomes_so "the last figures stay after the close" same "$OUT"
becomes_so "and the sums have them" group "$SUMS" "$CONNS_PID"
is "$("${ROWS[@]}" count "$OUT" 'proto == "tcp" and packets_in is not None')" 0 "TCP has no datagrams"
stop
is "$STATUS" 0 "ends with status 0"
all_gone
kill "${STARTED[@]}" 2>/dev/null
becomes eval '[ "$(attached)" = 0 ]'
is "$(attached)" 0 "no program stays attached"

# A sort key, an expression and the columns.
conns "$A" datagrams --peer "$B"
launch "$A" top -u -b -d 0.2 --cgroup "$CGROUP" -s tx_pps -f 'packets_out > 40' --csv
await 1 '^'
tell talk 50
await 1 'udp,inet6'
ok "expressions and sort keys know them"
stop
all_gone
done_testing
