#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The main job: packets of an interface go into a file, and on the screen.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump tshark capinfos
pair 9000

start "$A" capture -i eth0 -w "$TMP/out.pcap"
traffic "$A" flood eth0 1000 200
stop INT
is "$STATUS" 0 "ends with status 0 when interrupted"
check "the file holds each packet once, in order, undamaged" numbered 1000 "$TMP/out.pcap"
is "$(figure captured) $(figure seen) $(figure dropped)" "1000 1000 0" "the closing lines say so"
is "$(cat "$OUT")" "" "nothing goes to standard output"
is "$(packets "$TMP/out.pcap")" 1000 "and nothing else is in the file"
is "$(od -An -tx4 -N4 "$TMP/out.pcap" | tr -d ' ')" a1b23c4d "pcap has nanoseconds by default"
is "$(tshark -r "$TMP/out.pcap" 2>&1 >/dev/null | grep -v 'Running as user')" "" \
	"tshark has nothing to complain about"

start "$A" capture -i eth0 -w "$TMP/micro.pcap" --time-precision micro
traffic "$A" flood eth0 10 200
stop INT
is "$(od -An -tx4 -N4 "$TMP/micro.pcap" | tr -d ' ')" a1b2c3d4 "--time-precision micro writes microseconds"

start "$A" capture -i eth0 --no-events -w "$TMP/out.pcapng"
traffic "$A" flood eth0 1000 200
stop INT
check "pcapng holds each packet as well" numbered 1000 "$TMP/out.pcapng"
is "$(tshark -r "$TMP/out.pcapng" -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c | tr -s ' ')" \
	" 1000 eth0" "with the name of the interface"
is "$(tshark -r "$TMP/out.pcapng" 2>&1 >/dev/null | grep -v 'Running as user')" "" \
	"tshark has nothing to complain about in pcapng"

start "$A" capture -i eth0 -w "$TMP/filter.pcap" udp dst port 9001
traffic "$A" flood eth0 1000 200 --ports 4
stop INT
is "$(packets "$TMP/filter.pcap")" 250 "a filter lets through what it should"
is "$(figure captured) $(figure seen) $(figure dropped)" "250 1000 0" "and counts what it looked at"

start "$A" capture -i eth0 -w "$TMP/none.pcap" tcp port 1
traffic "$A" flood eth0 100 200
stop INT
is "$(packets "$TMP/none.pcap")" 0 "a capture of nothing is a readable file"
is "$(figure captured) $(figure seen) $(figure dropped)" "0 100 0" "and its figures tell why"

# tcpdump refuses a pcapng file that describes no interface.
start "$A" capture -i eth0 -i lo -w "$TMP/none.pcapng" tcp port 1
if becomes tcpdump -nr "$TMP/none.pcapng" 2>/dev/null; then
	ok "a pcapng file can be read before its first packet"
else
	not_ok "a pcapng file can be read before its first packet"
fi
stop INT
check "a pcapng file without packets can be read" tcpdump -nr "$TMP/none.pcapng"
is "$(capinfos "$TMP/none.pcapng" 2>/dev/null | grep -c 'Name = ')" 2 "and describes each interface"

# A filter with a loop runs in user space. It must see the bytes that -s cuts off.
start "$A" capture -i eth0 -w "$TMP/loop.pcap" -s 20 'ip protochain 17'
traffic "$A" flood eth0 7 500
stop INT
is "$(packets "$TMP/loop.pcap") $(lines_like "$ERR" '^skwatch: .*user space')" "7 1" "a filter in user space sees whole packets, and that it runs there is said"

# The direction is not in the bytes, but user space knows it as well.
start "$A" capture -i eth0 -w "$TMP/loop-in.pcap" 'ip protochain 17 and inbound'
traffic "$A" flood eth0 7 100
traffic "$B" flood eth0 5 100 --sender 1
stop INT
is "$(packets "$TMP/loop-in.pcap") $(lines_like "$ERR" '^skwatch: .*user space')" "5 1" "and it knows their direction"

start "$A" capture -i eth0 -w "$TMP/snap.pcap" -s 64
traffic "$A" flood eth0 100 500
stop INT
is "$(tshark -r "$TMP/snap.pcap" -T fields -e frame.cap_len -e frame.len 2>/dev/null | sort -u)" \
	"$(printf '64\t500')" "-s cuts packets and keeps their length"

start "$A" capture -i eth0 -w "$TMP/ten.pcap" -c 10
traffic "$A" flood eth0 100 200
finish
is "$STATUS" 0 "-c ends by itself with status 0"
check "-c keeps exactly the first packets" numbered 10 "$TMP/ten.pcap"

start "$A" capture -i eth0 -w "$TMP/second.pcap" --duration 1s
finish
is "$STATUS" 0 "--duration ends by itself without a packet"
is "$(packets "$TMP/second.pcap")" 0 "leaving a readable file"

# The packets that come in at A are those that B sent.
for direction in in out inout; do
	start "$A" capture -i eth0 -w "$TMP/$direction.pcap" -Q $direction
	traffic "$A" flood eth0 30 100
	traffic "$B" flood eth0 50 100 --sender 1
	stop INT
	case $direction in in) want=50 ;; out) want=30 ;; inout) want=80 ;; esac
	is "$(packets "$TMP/$direction.pcap")" $want "-Q $direction takes these packets only"
done

promiscuity() { ip -n "$A" -d link show dev eth0 | sed -n 's/.*promiscuity \([0-9]*\).*/\1/p'; }
start "$A" capture -i eth0 -w "$TMP/promisc.pcap"
is "$(promiscuity)" 1 "the interface is promiscuous while captured from"
stop INT
is "$(promiscuity)" 0 "and not afterwards"
start "$A" capture -i eth0 -p -w "$TMP/promisc.pcap"
is "$(promiscuity)" 0 "-p leaves the interface alone"
stop INT

start "$A" capture -i eth0 -w "$TMP/talk.pcap"
six
traffic "$A" http 10.77.0.2 80 --server "$B"
traffic "$A" http fd77::2 80 --server "$B"
traffic "$A" udp fd77::2 53 --server "$B"
traffic "$A" ping 10.77.0.2
traffic "$A" ping fd77::2
traffic "$A" bulk 10.77.0.2 90 --server "$B"
stop INT
counted() { tshark -r "$TMP/talk.pcap" -Y "$1" 2>/dev/null | wc -l; }
is "$(counted 'http.request')" 2 "the HTTP requests over IPv4 and IPv6 are there"
is "$(counted 'http.response')" 2 "and their answers"
is "$(counted 'ipv6 && udp.port == 53')" 6 "and the datagrams"
is "$(counted 'icmp')" 6 "and the ICMP echoes"
is "$(counted 'icmpv6.type == 128 || icmpv6.type == 129')" 6 "and the ICMPv6 echoes"
isnt "$(counted 'tcp.port == 90 && frame.len > 9014')" 0 "and packets larger than the interface allows"
is "$(counted 'frame.cap_len < frame.len')" 0 "whole"
# covered FILTER: how many bytes of a stream these packets hold. Each byte counts once, also where
# TCP sent it twice.
covered() {
	tshark -r "$TMP/talk.pcap" -Y "$1 && tcp.len > 0" -T fields -e tcp.seq -e tcp.len 2>/dev/null |
		sort -n | awk '
			{ from = $1 > end ? $1 : end; to = $1 + $2 }
			to > from { bytes += to - from; end = to }
			END { print bytes + 0 }'
}
is "$(covered 'tcp.dstport == 90') $(covered 'tcp.srcport == 90')" "$((8 * 1024 * 1024)) 1" \
	"down to the last byte"

# Lines are printed while packets come.
start "$A" capture -i eth0 -l udp
traffic "$A" flood eth0 3 100
if wait_for_line "$OUT" "$PID" '10\.77\.0\.1\.4000 > 10\.77\.0\.9\.9000: UDP, length 58'; then
	ok "lines are on the screen while it runs"
else
	not_ok "lines are on the screen while it runs" "$(cat "$OUT")"
fi
stop INT
is "$(lines_like "$OUT" '^[0-9:]{8}\.[0-9]{6} IP 10\.77\.0\.1\.4000 > 10\.77\.0\.9\.9000: UDP, length 58$')" 3 \
	"in the form that is known"

start "$A" capture -i eth0 -i lo --no-events -w "$TMP/two.pcapng" udp or icmp
traffic "$A" flood eth0 20 100
traffic "$A" ping 127.0.0.1 --count 2
stop INT
is "$(tshark -r "$TMP/two.pcapng" -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c | tr -s ' ' | tr '\n' ,)" \
	" 20 eth0, 4 lo," "two interfaces go into one file, and packets of lo once"
done_testing
