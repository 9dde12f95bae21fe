#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Where packets get lost, events and rows tell as many timeouts and retransmissions as the kernel
# counts for the namespace. They name the connection and the process that holds it.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
conns "$A" hold v4 v6 --peer "$B"
# A busy machine may have sent something twice already.
timeouts_before=$(counter "$A" TcpExtTCPTimeouts)
retransmitted_before=$(counter "$A" TcpRetransSegs)
like "$timeouts_before $retransmitted_before" '^[0-9]+ [0-9]+$' "the kernel counts"

launch "$A" top --json -d 0.2 --netns self
TOP_PID=$PID TOP_OUT=$OUT
await 2 '"rto_count":0'
is "$?" 0 "top counts timeouts from 0"
watch "$A" events --json --netns self -t rto,retrans
tell lose 3000
await 6 '"type":"rto"'
is "$?" 0 "timeouts are told while they happen"
tell heal 3000

# Some packets of a stream get lost as well.
inside "$B" nft add rule inet losses in tcp dport "$(port_of v4)" numgen inc mod 50 0 counter drop
tell bulk 2000000
timeouts=$(($(counter "$A" TcpExtTCPTimeouts) - timeouts_before))
retransmitted=$(($(counter "$A" TcpRetransSegs) - retransmitted_before))
stop
EVENTS=$OUT
is "$STATUS $(lost)" "0 0" "events ends with status 0, and nothing was lost"
[ "$timeouts" -ge 6 ] && [ "$retransmitted" -gt "$timeouts" ]
is "$?" 0 "there was something to count: $timeouts timeouts, $retransmitted segments"
is "$("${ROWS[@]}" count "$EVENTS" 'type == "rto"')" "$timeouts" "each timeout is an event"
is "$("${ROWS[@]}" sum "$EVENTS" 'type == "retrans" and not error' segs)" "$retransmitted" \
	"the events tell as many segments as the kernel counts"

# The rows of a later tick.
PID=$TOP_PID OUT=$TOP_OUT
before=$(wc -l <"$OUT")
await $((before + 6)) '"proto":"tcp"'
stop
tail -n 6 "$TOP_OUT" | "${ROWS[@]}" last /dev/stdin cookie >"$TMP/last"
is "$("${ROWS[@]}" sum "$TMP/last" 'proto == "tcp"' rto_count)" "$timeouts" "as many timeouts in the rows"
is "$("${ROWS[@]}" sum "$TMP/last" 'proto == "tcp"' retrans_segs)" \
	$((retransmitted + retransmitted_before)) "as many segments in the rows"

# The process that holds the connections.
is "$("${ROWS[@]}" get "$EVENTS" True pid comm owner_source | sort -u)" "$CONNS_PID conns holder" \
	"each event names the process"
for kind in v4 v6; do
	isnt "$("${ROWS[@]}" count "$EVENTS" "type == 'rto' and local_port == $(port_of $kind client) and remote_port == $(port_of $kind)")" 0 \
		"$kind: its timeouts"
done
is "$("${ROWS[@]}" get "$EVENTS" "type == 'rto' and remote_port == $(port_of v6)" backoff | sed -n 1,3p | tr '\n' ' ')" \
	"0 1 2 " "the backoff counts the timeouts in a row"
all_gone

# A connection that is never established. The kernel counts for the whole namespace, and the rule
# above also drops FINs of the connections before. So wait until those have ended.
silent "$A"
watch "$A" events --json --netns self
timeouts=$(counter "$A" TcpExtTCPTimeouts)
retransmitted=$(counter "$A" TcpRetransSegs)
conns "$A" ends syn-timeout --peer "$B"
stop
timeouts=$(($(counter "$A" TcpExtTCPTimeouts) - timeouts))
retransmitted=$(($(counter "$A" TcpRetransSegs) - retransmitted))
is "$("${ROWS[@]}" count "$OUT" 'type == "rto" and rto_us == 1000000 << backoff') $("${ROWS[@]}" sum "$OUT" 'type == "retrans"' segs)" \
	"$timeouts $retransmitted" "a SYN that nobody answers: its timeouts and retransmissions"
is "$("${ROWS[@]}" get "$OUT" 'type == "close"' close_reason rto_count retrans_segs comm)" \
	"timeout $timeouts $retransmitted conns" "and how it ended"
done_testing
