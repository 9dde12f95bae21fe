#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A pcapng file has what TCP does as rows between its packets, in the order of time, and other
# programs read it as before.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need tshark tcpdump capinfos mergecap editcap
pair
losses
FILE=$TMP/events.pcapng

# fields FILE FILTER FIELD...: what tshark shows of those frames.
fields() {
	local file=$1 filter=$2 field args=()
	shift 2
	for field; do args+=(-e "$field"); done
	tshark -r "$file" -Y "$filter" -T fields -E occurrence=f "${args[@]}" 2>/dev/null
}
# entries FILE TYPE: how many entries of that type there are.
entries() { strings -a -n 8 "$1" | grep -cx "SKWATCH_TYPE=$2"; }
# entry FILE TYPE: all lines of the first entry of that type that is of our connections, as other
# tests run meanwhile.
entry() { strings -a -n 3 "$1" | awk -v want="SKWATCH_TYPE=$2" -v ours="_PID=$CONNS_PID" '
	/^__REALTIME_TIMESTAMP=/ { if (found) exit; text = ""; is = 0 }
	{ text = text $0 "\n" } $0 == want { is = 1 } $0 == ours && is { found = 1 } END { if (found) printf "%s", text }'; }
recorded() { sed -nE 's/^([0-9]+) events? of connections recorded, .*/\1/p' "$ERR"; }

start "$A" capture -w "$FILE" --rows-every 0.2s
conns "$A" hold v4 --peer "$B"
tell talk 3
inside "$A" "$CONNS" ends refused --peer "$B" >"$TMP/refused" 2>&1
is "$?" 0 "a connection is refused"
before=$(counter "$A" TcpExtTCPTimeouts)
tell lose 3000
timed_out() { [ "$(counter "$A" TcpExtTCPTimeouts)" -gt "$before" ]; }
becomes timed_out || bail "a loss without a timeout"
tell heal 3000
timeouts=$(($(counter "$A" TcpExtTCPTimeouts) - before))
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" '^[0-9]+ events of connections recorded, 0 lost$' "says how many events"
packets=$(figure captured)

# tshark
is "$(fields "$FILE" '!systemd_journal' frame.number | wc -l)" "$packets" "tshark reads all packets"
isnt "$(entries "$FILE" rto)" 0 "there was a timeout"
port=$(port_of v4)
first=$(fields "$FILE" 'systemd_journal contains "SKWATCH_TYPE=rto" &&
	systemd_journal contains "_PID='"$CONNS_PID"'"' frame.number | head -n 1)
like "$(fields "$FILE" "frame.number == ${first:-0}" _ws.col.Info)" \
	"^RTO #1 after [0-9.]+m?s, cwnd [0-9]+ -> 1: conns\\[$CONNS_PID\\] 10.77.0.1:[0-9]+ > 10.77.0.2:$port\$" \
	"a timeout is a row that people can read"
isnt "$(fields "$FILE" "tcp && frame.number < ${first:-0}" frame.number | wc -l)" 0 "with packets before it"
isnt "$(fields "$FILE" "tcp && frame.number > ${first:-0}" frame.number | wc -l)" 0 "and after it"
next=$(fields "$FILE" "tcp.dstport == $port && frame.number > ${first:-0}" tcp.analysis.rto | head -n 1)
like "$next" '^[0-9]' "the next packet of the connection is what it retransmits"
# Times of entries have microseconds only.
is "$(tshark -r "$FILE" -T fields -e frame.time_epoch 2>/dev/null |
	awk '$1 + 0.0000015 < last { bad = bad " " NR ": " last " " $1 } { last = $1 } END { print bad }')" "" \
	"packets and rows are in the order of time"

# The entries.
like "$(entry "$FILE" rto)" '^SKWATCH_TS=20[0-9-]+T[0-9:]+\.[0-9]{9}Z$' "an entry has nanoseconds"
for line in SYSLOG_IDENTIFIER=skwatch PRIORITY=4 "_PID=$CONNS_PID" _COMM=conns SKWATCH_BACKOFF=0 \
	'SKWATCH_OLD_CWND=[1-9][0-9]*' SKWATCH_STATE=ESTABLISHED SKWATCH_LOCAL_ADDR=10.77.0.1 \
	"SKWATCH_REMOTE_PORT=$port" "SKWATCH_OWNERS=$CONNS_PID conns"; do
	like "$(entry "$FILE" rto)" "^$line\$" "the timeout has $line"
done
[ "$(entries "$FILE" rto)" -ge "$timeouts" ]
is "$?" 0 "each of the $timeouts timeouts is there"
isnt "$(entries "$FILE" connect)" 0 "connect"
isnt "$(entries "$FILE" established)" 0 "established"
isnt "$(entries "$FILE" retrans)" 0 "retrans"
isnt "$(entries "$FILE" close)" 0 "close"
isnt "$(strings -a -n 8 "$FILE" | grep -cx 'SKWATCH_CLOSE_REASON=refused')" 0 "with its reason"
is "$(entries "$FILE" state) $(entries "$FILE" rtt)" "0 0" "no changes of state and no RTT samples"
isnt "$(entries "$FILE" row)" 0 "rows"
[ "$(entries "$FILE" sweep)" -ge 1 ]
is "$?" 0 "sweeps"
is "$(($(entries "$FILE" connect) + $(entries "$FILE" established) + $(entries "$FILE" rto) +
	$(entries "$FILE" retrans) + $(entries "$FILE" close) + $(entries "$FILE" listen)))" "$(recorded)" \
	"as many events as the closing line says"

# Other programs.
is "$(tcpdump -nr "$FILE" 2>"$TMP/said" | wc -l)" "$packets" "tcpdump reads it"
is "$(grep -v '^reading from' "$TMP/said")" "" "without a complaint"
check "capinfos reads it" capinfos "$FILE"
check "editcap reads it" editcap "$FILE" "$TMP/edited.pcapng"
check "mergecap reads it" mergecap -w "$TMP/merged.pcapng" "$FILE" "$FILE"
is "$(entries "$TMP/edited.pcapng" rto)" "$(entries "$FILE" rto)" "editcap keeps the entries"
run capture -r "$FILE" -w "$TMP/copy.pcapng"
is "$STATUS" 0 "a copy is made"
cmp -s <(strings -a -n 8 "$FILE" | grep SKWATCH_TS) <(strings -a -n 8 "$TMP/copy.pcapng" | grep SKWATCH_TS)
is "$?" 0 "and has all entries"

# With a filter, only the connections whose packets are captured count.
all_gone
start "$A" capture -w "$TMP/some.pcapng" --event-types established,close tcp port 7100
conns "$A" hold v4 --peer "$B" --port 7200
all_gone
conns "$A" hold v4 --peer "$B" --port 7100
tell talk 3
all_gone
stop
ports() { strings -a -n 8 "$TMP/some.pcapng" | sed -n 's/^SKWATCH_\(LOCAL\|REMOTE\)_PORT=7/7/p' | sort -u; }
is "$(ports)" 7100 "no events and rows of connections without a captured packet"
isnt "$(entries "$TMP/some.pcapng" established)" 0 "but those of the others"
is "$(entries "$TMP/some.pcapng" connect)" 0 "--event-types chooses the types"

# Without events
start "$A" capture -w "$TMP/none.pcapng" --no-events
conns "$A" hold v4 --peer "$B"
stop
is "$(entries "$TMP/none.pcapng" '.*')" 0 "--no-events records none"
is "$(grep -c 'events of' "$ERR")" 0 "and says nothing of them"
start "$A" capture -w "$TMP/rows.pcapng" --rows-every 0
conns "$A" hold v4 --peer "$B"
stop
is "$(entries "$TMP/rows.pcapng" row) $(entries "$TMP/rows.pcapng" sweep)" "0 0" "--rows-every 0 records no rows"
isnt "$(entries "$TMP/rows.pcapng" established)" 0 "but events"
done_testing
