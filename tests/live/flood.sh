#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# More packets than can be captured: the numbers of captured, dropped and rejected ones add up to
# exactly what was sent.
. "${srcdir:?}/tests/live/lib.sh"
need root
pair

# adds_up NAME SENT: whether the figures of the capture that has just ended fit
adds_up() {
	local captured seen dropped
	captured=$(figure captured)
	seen=$(figure seen)
	dropped=$(figure dropped)
	is "$STATUS" 0 "$1: ends with status 0"
	is "$seen" "$2" "$1: all that was sent was seen"
	is "$(packets "$TMP/flood.pcap")" "$captured" "$1: all that was captured is in the file"
}

# rejects_nothing NAME SENT: likewise, for a capture without a filter
rejects_nothing() {
	is "$(($(figure captured) + $(figure dropped)))" "$2" "$1: captured and dropped make up what was sent"
}

in_order() { # NAME
	local said
	said=$("$TRAFFIC" check "$TMP/flood.pcap")
	is "$(found backward <<<"$said") $(found duplicates <<<"$said") $(found disorder <<<"$said") $(found damaged <<<"$said")" \
		"0 0 0 0" "$1: in time order, nothing twice, nothing damaged"
}

for ns in "$A" "$B"; do
	[ "$ns" = "$A" ] && side=sender || side=receiver
	start "$ns" capture -i eth0 -w "$TMP/flood.pcap"
	traffic "$A" flood eth0 200000 100
	stop INT
	adds_up "$side, default rings" 200000
	rejects_nothing "$side, default rings" 200000
	in_order "$side, default rings"
done

start "$A" capture -i eth0 -w "$TMP/flood.pcap" --ring-size 64K --rings 1
traffic "$A" flood eth0 200000 1000
stop INT
adds_up "ring too small" 200000
rejects_nothing "ring too small" 200000
in_order "ring too small"
isnt "$(figure dropped)" 0 "ring too small: it was, so that the figures mean something"
small=$(figure captured)
isnt "$small" 0 "ring too small: and yet something was captured"

start "$A" capture -i eth0 -w "$TMP/flood.pcap" udp dst port 9002 or udp dst port 9003
traffic "$A" flood eth0 200000 100 --ports 5
stop INT
adds_up "filter" 200000
is "$(($(figure captured) + $(figure dropped)))" 80000 "filter: captured and dropped make up what matches"
in_order "filter"

start "$A" capture -i eth0 -w "$TMP/flood.pcap" --ring-size 64K udp dst port 9002
traffic "$A" flood eth0 200000 1000 --ports 2
stop INT
is "$(figure seen) $(figure captured) $(figure dropped)" "200000 0 0" "rejected packets take no room"

sent() { ip netns exec "$A" cat /sys/class/net/eth0/statistics/tx_packets; }
has_sent() { [ "$(sent)" -gt "$1" ]; }

# The small ring takes 2 MB, and the large one what the reader leaves. When it reads on, the records
# of both are one stream.
start "$A" capture -i eth0 -w "$TMP/flood.pcap" --ring-size 32M --rings 1
kill -STOP "$PID"
traffic "$A" flood eth0 10000 1000
kill -CONT "$PID"
traffic "$A" flood eth0 10000 1000
stop INT
adds_up "a reader that is late" 20000
is "$(figure dropped)" 0 "a reader that is late: the large ring has the rest"
is "$("$TRAFFIC" check "$TMP/flood.pcap" | found disorder)" 0 "a reader that is late: in time order"

# A capture that begins in a flood holds all that comes after its first packet, also while the large
# rings are made. Packets that came before are neither seen nor dropped.
for rings in 1 16; do
	ip netns exec "$A" "$TRAFFIC" flood eth0 1000000 100 --pps 20000 >/dev/null 2>&1 &
	sender=$!
	STARTED+=("$sender")
	before=$(sent)
	becomes has_sent "$before"
	start "$A" capture -i eth0 -w "$TMP/flood.pcap" --rings $rings
	stop INT
	kill "$sender"
	wait "$sender" 2>/dev/null
	forget "$sender"
	said=$("$TRAFFIC" check "$TMP/flood.pcap")
	isnt "$(found numbered <<<"$said") $(found missing <<<"$said")" "0 0" "into a flood, $rings rings: it was one"
	is "$(found holes <<<"$said") $(figure dropped)" "0 0" "into a flood, $rings rings: no packet is missing after the first"
	is "$(figure seen)" "$(figure captured)" "into a flood, $rings rings: what came before is not counted"
done

[ "$(nproc)" -ge 2 ] || skip "several rings: in time order" "one processor only"
for rings in 1 2; do
	start "$A" capture -i eth0 -w "$TMP/flood.pcap" --rings $rings
	traffic "$A" flood eth0 200000 100 --cpus 2
	stop INT
	adds_up "two senders, $rings rings" 200000
	rejects_nothing "two senders, $rings rings" 200000
	in_order "two senders, $rings rings"
done

start "$A" capture -i eth0 -w "$TMP/flood.pcap" --rings 2 --ring-size 128K
traffic "$A" flood eth0 200000 500 --cpus 2
stop INT
adds_up "two senders, two small rings" 200000
rejects_nothing "two senders, two small rings" 200000
in_order "two senders, two small rings"

# A pcapng file tells where packets are missing, and how many.
start "$A" capture -i eth0 -w "$TMP/flood.pcapng" --ring-size 64K --rings 1
traffic "$A" flood eth0 200000 1000
stop INT
cp "$TMP/flood.pcapng" "$TMP/flood.pcap"
adds_up "pcapng" 200000
rejects_nothing "pcapng" 200000

start "$A" capture -i eth0 -w "$TMP/flood.pcap" -c 1000
traffic "$A" flood eth0 50000 100
finish
is "$STATUS $(packets "$TMP/flood.pcap")" "0 1000" "-c N writes N packets, whatever comes"
done_testing
