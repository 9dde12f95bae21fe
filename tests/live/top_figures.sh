#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# On quiet connections the figures are exactly those of ss -ti: after talk, after bulk, after losses,
# and where one end has closed.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
# One side has slow start thresholds, whatever the default of the host is.
inside "$B" sysctl -qw net.ipv4.tcp_congestion_control=cubic 2>/dev/null

# compare NAME PORTS: the figures of both sides' connections with these server ports.
compare() {
	local ns name
	for ns in "$A" "$B"; do
		name=${ns/$A/the clients}
		name=${name/$B/the servers}
		quiet "$ns" "$TMP/before" -tineOH
		once "$ns" -n 1 --json -l --netns self
		ss_of "$ns" "$TMP/after" -tineOH
		check "$1: $name' figures are those of ss -ti" "${ROWS[@]}" figures "$OUT" \
			"$TMP/before" "$TMP/after" "$(inode_of "$ns")" "$2"
	done
}

conns "$A" hold v4 v6 mapped-server mapped-client mptcp close-wait --peer "$B"
ports=$(awk '$3 ~ /^[0-9]+$/ { printf "%s%s", sep, $3; sep = "," }' "$CONNS_OUT")
tell talk 50
compare "after talk" "$ports"
tell bulk 3000000
compare "after bulk" "$ports"
tell lose 5000
tell heal 5000
compare "after a loss" "$ports"
# Nothing of the servers gets lost, but a busy machine may be late with an acknowledgement.
[ "$("${ROWS[@]}" sum "$OUT" "retrans_segs" retrans_segs)" -le "$(counter "$B" TcpRetransSegs)" ]
is "$?" 0 "the side that lost nothing has retransmitted no more than the kernel counts"
once "$A" -n 1 --json --netns self
isnt "$("${ROWS[@]}" count "$OUT" "retrans_segs > 0")" 0 "who lost something has"

# A UDP socket that has no room for all that it gets.
inside "$A" python3 -c '
import signal, socket
full = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
full.bind(("127.0.0.1", 9999))
for _ in range(100):
    full.sendto(bytes(1000), ("127.0.0.1", 9999))
print("ready", flush=True)
signal.pause()' >"$TMP/full" </dev/null &
STARTED+=("$!")
wait_for_line "$TMP/full" "$!" '^ready$' || bail "no UDP socket"
once "$A" -n 1 --json -l --netns self -f 'lport = 9999'
UDP=$OUT
ss_of "$A" "$TMP/udp" -uanmOH "sport = :9999"
drops=$(sed -nE 's/.*skmem:\(.*,d([0-9]+)\).*/\1/p' "$TMP/udp")
isnt "${drops:-0}" 0 "a UDP socket has drops"
is "$("${ROWS[@]}" get "$UDP" True drops recv_q comm)" "$drops $(awk '{ print $2 }' "$TMP/udp") python3" \
	"they are told, with its queue and owner"

once "$A" -n 1 --json --netns self -f 'proto = tcp'
# Some figures of connections that were open before the start are unknown.
is "$("${ROWS[@]}" count "$OUT" 'opened_at is not None')" 0 "when they were opened is not known"
is "$("${ROWS[@]}" count "$OUT" 'tx_bps is not None or rx_bps is not None')" 0 \
	"one sweep tells no rates"
done_testing
