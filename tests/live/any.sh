#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every interface at once.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump tshark
pair
ip -n "$A" link add eth1 type veth peer name eth1 netns "$B"
ip -n "$A" link set eth1 up
ip -n "$B" link set eth1 up

everything() {
	traffic "$A" flood eth0 30 100
	traffic "$B" flood eth1 20 100 --sender 1
	traffic "$A" ping 127.0.0.1 --count 2
	traffic "$A" vlan eth0 10 100 100 --sender 2
	traffic "$B" vlan eth0 10 100 200 --sender 3
}
by_name() {
	tshark -r "$1" -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c | tr -s ' ' | tr '\n' ,
}

start "$A" capture --no-events -w "$TMP/any.pcapng"
everything
stop INT
is "$STATUS" 0 "ends with status 0"
is "$(by_name "$TMP/any.pcapng")" " 50 eth0, 20 eth1, 4 lo," "pcapng: each packet under its interface, those of lo once"
check "pcapng: complete" numbered 70 "$TMP/any.pcapng"
is "$(tshark -r "$TMP/any.pcapng" -T fields -e frame.encap_type 2>/dev/null | sort -u)" 1 "pcapng: with Ethernet headers"
is "$(tshark -r "$TMP/any.pcapng" -Y 'vlan.id == 100 || vlan.id == 200' 2>/dev/null | wc -l)" 20 "pcapng: tags are there, in both directions"
is "$(figure seen)" "$(figure captured)" "nothing is rejected"

start "$A" capture -w "$TMP/none.pcapng" tcp port 1
stop INT
check "pcapng: a file without packets can be read" tcpdump -nr "$TMP/none.pcapng"

start "$A" capture -i any -w "$TMP/any.pcap"
everything
stop INT
is "$(tshark -r "$TMP/any.pcap" -T fields -e sll.ifindex 2>/dev/null | sort | uniq -c | wc -l)" 3 "pcap: three interfaces in LINUX_SLL2"
check "pcap: complete" numbered 70 "$TMP/any.pcap"
is "$(lines_like "$ERR" '^skwatch: .*LINUX_SLL2')" 1 "pcap: what that loses is said once"

# The filter knows link headers, as each interface has its own program.
start "$A" capture -w "$TMP/vlan.pcapng" vlan
everything
stop INT
is "$(packets "$TMP/vlan.pcapng")" 20 "a filter for tags works on any"
start "$A" capture -w "$TMP/ether.pcapng" ether src 02:00:00:00:00:01 and udp dst port 9000
everything
stop INT
# A received packet has lost its tag when the filter looks at it, and a sent one still has it in place.
is "$(packets "$TMP/ether.pcapng")" 60 "a filter for hardware addresses works on any"
seen=$(figure seen)
is "$seen" 74 "and rejected packets are counted"

start "$A" capture -w "$TMP/in.pcapng" -Q in
everything
stop INT
check "-Q in: those that came, of every interface" numbered 30 "$TMP/in.pcapng"

start "$A" capture udp
# The packet is for a third host, so tcpdump says neither In nor Out.
traffic "$B" flood eth1 1 100
if wait_for_line "$OUT" "$PID" '^[0-9:.]+ eth1 +P +IP 10\.77\.0\.1\.4000 > 10\.77\.0\.9\.9000: UDP, length 58'; then
	ok "lines name interface and direction, as those of tcpdump"
else
	not_ok "lines name interface and direction, as those of tcpdump" "$(cat "$OUT")"
fi
stop INT

# One interface has no link headers, the others do.
if ip -n "$A" tuntap add dev tun0 mode tun 2>/dev/null; then
	ip -n "$A" addr add 10.99.0.1/24 dev tun0
	ip -n "$A" link set tun0 up
	start "$A" capture -w "$TMP/tun.pcapng" udp
	traffic "$A" flood eth0 5 100
	inside "$A" sh -c 'echo x >/dev/udp/10.99.0.2/7' 2>/dev/null
	stop INT
	check "a tun interface does not disturb the others" numbered 5 "$TMP/tun.pcapng"
else
	skip "a tun interface does not disturb the others" "no tun device"
fi
done_testing
