#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# capture --where: of two connections exactly that one is captured that becomes slow, from then on
# until it is fast again.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need tshark tcpdump
pair
far 0
PEER=(python3 "$srcdir/tests/live/summary_peer.py")
FILE=$TMP/slow.pcapng

# dump FILE: a line for each frame as tshark sees it, into $DUMP: number, ports, sequence number,
# acknowledgement, length, flags, information. Frames that are not of TCP have no ports.
dump() {
	DUMP=$TMP/dump.${1##*/}
	tshark -nr "$1" -o tcp.relative_sequence_numbers:FALSE -T fields -E occurrence=f -E separator=';' \
		-e frame.number -e tcp.srcport -e tcp.dstport -e tcp.seq -e tcp.ack -e tcp.len \
		-e tcp.flags.str -e _ws.col.Info >"$DUMP" 2>/dev/null
}
# frames CONDITION: the numbers of the frames of $DUMP for which awk finds it true.
frames() { awk -F ';' "$1 { print \$1 }" "$DUMP"; }

# serve ADDRESS: a server in $B. chat ADDRESS: a connection to it, whose port is in $PORT, until
# `hush` ends it.
serve() {
	ip netns exec "$B" "${PEER[@]}" serve "$1" >"$TMP/serve.$1" 2>&1 </dev/null &
	STARTED+=("$!")
	wait_for_line "$TMP/serve.$1" "$!" '^ready$' || bail "no server: $(cat "$TMP/serve.$1")"
}
chat() {
	mkfifo "$TMP/hush.$1"
	ip netns exec "$A" "${PEER[@]}" chat "$1" 10 <"$TMP/hush.$1" >"$TMP/chat.$1" 2>&1 &
	local pid=$!
	STARTED+=("$pid")
	exec {HUSH}>"$TMP/hush.$1"
	wait_for_line "$TMP/chat.$1" "$pid" '^port=' || bail "no connection: $(cat "$TMP/chat.$1")"
	PORT=$(found port <"$TMP/chat.$1")
}
hush() { exec {HUSH}>&-; }

# adds_up: the figures at the end are those of all packets.
adds_up() {
	local rejected left_out
	read -r rejected left_out < <(sed -nE \
		's/^[0-9]+ packets? seen by the filter \(([0-9]+) rejected, ([0-9]+) left out by --where.*/\1 \2/p' "$ERR")
	isnt "${left_out:-0}" 0 "packets were left out"
	is "$((rejected + left_out + $(figure captured) + $(figure dropped)))" "$(figure seen)" \
		"the figures add up"
}

# ---- wrong usage ----

refuse() { # TEXT OPTION...
	local text=$1
	shift
	"$SKWATCH" capture "$@" >"$TMP/refused" 2>&1
	is "$?" 2 "$*: refused"
	like "$(cat "$TMP/refused")" "$text" "and says why"
}
refuse '^skwatch: --where: ' --where 'srtt >' -w "$FILE"
refuse 'looks at connections of this host' --where 'srtt > 1ms' -r "$0"
refuse 'give --on the expression' --where 'srtt > 1ms' --on rto -w "$FILE"
refuse 'give 10s or less' --where 'srtt > 1ms' --rows-every 11s -w "$FILE"
refuse 'give it, too' --event-types enter -w "$FILE"
[ -e "$FILE" ] && not_ok "no file is made" || ok "no file is made"

# ---- one of two connections becomes slow, and fast again ----

serve 10.77.0.2
serve 10.78.0.2
chat 10.77.0.2
quick=$PORT
chat 10.78.0.2
slow=$PORT
ip netns exec "$A" tcpdump -i far0 -U -w "$TMP/all.pcap" >/dev/null 2>"$TMP/tcpdump" &
tcpdump_pid=$!
STARTED+=("$tcpdump_pid")
wait_for_line "$TMP/tcpdump" "$tcpdump_pid" '^tcpdump: listening' || bail "no tcpdump"
WHERE="srtt > 40ms and remote_port = 9000 and netns = $(inode_of "$A")"
start "$A" capture --where "$WHERE" --rows-every 100ms -w "$FILE" --print tcp
far_is 60
await 1 "-- enters the capture: srtt > 40ms.*: .* 10\.78\.0\.1:$slow [->] 10\.78\.0\.2:9000$" ||
	not_ok "it enters" "$(cat "$OUT" "$ERR")"
await 20 ' IP 10\.78\.0\.'
far_is 0
await 1 "-- leaves the capture: no longer srtt > 40ms"
again=$(stat -c %s "$TMP/all.pcap")
has_more() { [ "$(stat -c %s "$TMP/all.pcap")" -gt $((again + 2000)) ]; }
becomes has_more || bail "no packets after it"
stop
kill "$tcpdump_pid"
wait "$tcpdump_pid" 2>/dev/null
forget "$tcpdump_pid"
is "$STATUS" 0 "ends with status 0"
adds_up
like "$(cat "$ERR")" '^skwatch: 1 connection entered the capture, 1 left it$' "says how many"
dump "$FILE"
is "$(frames "\$2 && \$2 != $slow && \$3 != $slow")" "" "one connection is captured, and not the quick one ($quick)"
is "$(frames '$2' | wc -l)" "$(figure captured)" "as many packets as it says"
like "$(sed -n '1s/.* -- //p' "$OUT")" '^enters the capture' "a line tells before its packets"
like "$(sed -n '$s/.* -- //p' "$OUT")" '^leaves the capture' "and one behind them"

# The entries among the packets.
enter=$(frames '$8 ~ /^enters the capture/')
leave=$(frames '$8 ~ /^leaves the capture/')
is "$(frames "\$2 && (\$1 < ${enter:-0} || \$1 > ${leave:-0})")" "" "all packets are between the two entries"
like "$(sed -n "${enter:-0}p" "$DUMP" | cut -d ';' -f 8)" \
	"^enters the capture: srtt > 40ms.*, srtt [0-9.]+ms, [0-9]+ retransmits?: python3\\[[0-9]+\\] 10" "tshark shows it"
is "$(awk -F ';' '$2' "$DUMP" | cut -d ';' -f 2-6 >"$TMP/part"; dump "$TMP/all.pcap"; cut -d ';' -f 2-6 "$DUMP" >"$TMP/whole"
	python3 - "$TMP/part" "$TMP/whole" <<'END'
import sys
part, whole = (open(name).read() for name in sys.argv[1:])
print(part != "" and "\n" + part in "\n" + whole)
END
)" True "no packet that tcpdump has is missing between the first and the last one"
entry() { strings -a -n 3 "$FILE" | awk -v want="SKWATCH_TYPE=$1" '
	/^__REALTIME_TIMESTAMP=/ { if (is) exit; text = ""; is = 0 }
	{ text = text $0 "\n" } $0 == want { is = 1 } END { if (is) printf "%s", text }'; }
srtt=$(entry enter | sed -n 's/^SKWATCH_SRTT_US=//p')
[ "${srtt:-0}" -gt 40000 ]
is "$?" 0 "the entry has the figures (srtt $srtt us)"
is "$(entry leave | sed -n 's/^SKWATCH_WHERE=//p')" "$WHERE" "and the expression"
# Times of entries have microseconds only.
is "$(tshark -nr "$FILE" -T fields -e frame.time_epoch 2>/dev/null |
	awk '$1 + 0.0000015 < last { bad = bad " " NR } { last = $1 } END { print bad }')" "" "in the order of time"

# The commands that read recordings.
run events -r "$FILE" -t enter,leave
is "$(cut -d ' ' -f 2 "$OUT" | tr '\n' ' ')" "enter leave " "events -r prints both"
is "$(grep -c damaged "$ERR")" 0 "without a complaint"
run events -r "$FILE" -t enter --json
like "$(cat "$OUT")" '"type":"enter".*"where":"srtt > 40ms.*"srtt_us":[0-9]' "with the figures"
run capture -r "$FILE"
is "$(lines_like "$OUT" ' -- (enters|leaves) the capture: ')" 2 "capture -r prints both"
run top -b -r "$FILE"
is "$STATUS" 0 "top -r reads it"
is "$(grep -c damaged "$ERR")" 0 "without a complaint"

# ---- by name, to the end of the connection, without events ----

start "$A" capture --where "comm ~ python and remote ~ 10.78.0.0/24 and netns = $(inode_of "$A")" \
	--no-owner -w "$TMP/name.pcap" --print
await 5 " IP 10\.78\.0\.1\.$slow > 10\.78\.0\.2\."
hush
await 1 '-- leaves the capture: it is closed'
stop
adds_up
dump "$TMP/name.pcap"
is "$(frames "\$2 != $slow && \$3 != $slow")" "" "packets of the chosen process only"
is "$(frames '$7 ~ /F/' | wc -l)" 2 "both FINs are there"
like "$(tail -n 1 "$DUMP" | cut -d ';' -f 7)" '^[^F]*A[^F]*$' "and the last acknowledgement"

# ---- a connection that loses packets; on lo one end is enough ----
losses
conns "$A" hold v4
start "$A" capture -i lo --where "retrans > 0 and netns = $(inode_of "$A")" --print -w "$TMP/lost.pcapng"
tell talk 5
before=$(counter "$A" TcpExtTCPTimeouts)
tell lose 3000
timed_out() { [ "$(counter "$A" TcpExtTCPTimeouts)" -gt "$before" ]; }
becomes timed_out || bail "a loss without a timeout"
tell heal 3000
await 1 '-- enters the capture: retrans > 0 .*, [1-9][0-9]* retransmit'
tell talk 5
stop
adds_up
dump "$TMP/lost.pcapng"
enter=$(frames '$8 ~ /^enters the capture/' | head -n 1)
isnt "${enter:-0}" 0 "the connection has entered"
is "$(frames "\$2 && \$1 < ${enter:-0}")" "" "with nothing before it"
isnt "$(frames "\$2 == $(port_of v4)" | wc -l) $(frames "\$3 == $(port_of v4)" | wc -l)" "0 0" "both directions are there"
done_testing
