#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch and tcpdump on the same interface at the same time: the same packets, byte for byte. Nine of
# ten time stamps are within a millisecond of each other, and all within a second.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
pair 65535
six

# The first and the last packets of each round (from sender 62 and 63), between which the two are
# compared. tcpdump forgets at an interrupt what it has not read yet. So it prints its packets, and
# it is interrupted once it has printed the last one. It filters the first packets itself, in user
# space, where it knows no directions. Its buffer is large, as it may have to wait for a CPU. Each
# packet takes room for $snaplen bytes there, so a test with many packets sets a small $snaplen.
snaplen=262144
marker='udp src port 4062 or udp src port 4063'

# both NAME NS FILTER...: starts both programs. Traffic comes next, and then `compare NAME`.
both() {
	local name=$1 ns=$2
	shift 2
	ip netns exec "$ns" "${as_typed[@]}" tcpdump -Z root --immediate-mode -B 262144 -s $snaplen -i eth0 \
		-U -w "$TMP/$name.tcpdump" --print -l -q -nn --time-stamp-precision nano "$@" \
		>"$TMP/$name.lines" 2>"$TMP/$name.err" </dev/null &
	TCPDUMP=$!
	STARTED+=("$TCPDUMP")
	wait_for_line "$TMP/$name.err" "$TCPDUMP" listening || bail "tcpdump does not start: $(cat "$TMP/$name.err")"
	start "$ns" capture -i eth0 -w "$TMP/$name.pcap" "$@"
	traffic "$A" flood eth0 20 60 --sender 62
	wait_for_line "$TMP/$name.lines" "$TCPDUMP" '\.4062 > ' || bail "tcpdump missed the first packets"
}

compare() {
	local name=$1 at_least=$2 said
	traffic "$A" flood eth0 1 60 --sender 63
	wait_for_line "$TMP/$name.lines" "$TCPDUMP" '\.4063 > ' || bail "tcpdump missed the last packet"
	kill -INT "$TCPDUMP"
	wait "$TCPDUMP"
	forget "$TCPDUMP"
	stop INT
	is "$STATUS" 0 "$name: ends with status 0"
	grep -q '^0 packets dropped by kernel' "$TMP/$name.err" || bail "tcpdump lost packets"
	if said=$("$TRAFFIC" compare "$TMP/$name.pcap" "$TMP/$name.tcpdump"); then
		ok "$name: same packets, same bytes, same time"
	else
		not_ok "$name: same packets, same bytes, same time" "$said"
	fi
	if [ "$(found same <<<"$said")" -ge "$at_least" ]; then
		ok "$name: and there were enough of them to tell"
	else
		not_ok "$name: and there were enough of them to tell" "$said"
	fi
}

conversations() {
	traffic "$A" http 10.77.0.2 80 --server "$B"
	traffic "$A" http fd77::2 80 --server "$B"
	traffic "$A" udp 10.77.0.2 53 --server "$B" --count 20
	traffic "$A" ping 10.77.0.2 --count 20
	traffic "$A" ping fd77::2 --count 20
	traffic "$A" bulk 10.77.0.2 90 --server "$B" --bytes 1000000
	traffic "$A" bulk fd77::2 90 --server "$B" --bytes 1000000
}

tagged() {
	traffic "$A" vlan eth0 20 60 100 --sender 1
	traffic "$A" vlan eth0 20 1500 4095 --sender 2
	traffic "$A" vlan eth0 20 300 200 300 --sender 3
}

both sender "$A"
conversations
tagged
compare sender 100

both receiver "$B"
conversations
tagged
compare receiver 100

both vlan "$B" "$marker" or vlan 100
tagged
compare vlan 20

both double "$B" "$marker" or '(vlan 200 and vlan 300)'
tagged
compare double 20

both tcp "$B" "$marker" or tcp port 80
conversations
compare tcp 15

both out "$A" "$marker" or '(outbound and icmp)'
conversations
compare out 20

both in "$A" "$marker" or '(inbound and (icmp or icmp6))'
conversations
compare in 40

both payload "$A" "$marker" or 'udp[20:4] & 1 = 1 or greater 1000'
traffic "$A" flood eth0 100 200
tagged
compare payload 70

# Every sample that is Ethernet is sent once more.
both samples "$B"
n=0
for file in "$srcdir"/pcap-samples/*.pcap; do
	inside "$A" "$TRAFFIC" replay eth0 "$file" >/dev/null 2>&1 && n=$((n + 1))
done
compare samples $n

# Fast enough for several packets per microsecond of clock reading.
snaplen=256
both fast "$B"
traffic "$A" flood eth0 20000 100 --cpus 2 --pps 40000
compare fast 20000
done_testing
