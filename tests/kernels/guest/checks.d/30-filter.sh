# SPDX-License-Identifier: BSD-2-Clause
# Filters run in the kernel. They pass all packets that match, and no others.

two_hosts

# filtered FILTER COMMAND...: captures in b while the command runs.
filtered() {
	filter=$1
	shift
	capture_start b -i wire -w some.pcap "$filter"
	"$@"
	check "$filter: ends well" capture_stop
	sums_up "$filter: the figures add up"
	is "$filter: nothing was dropped" "$dropped" 0
	is "$filter: the file has what was captured" "$(packets_in some.pcap)" "$captured"
	is "$filter: tcpdump finds nothing else in it" \
		"$(packets_in some.pcap "$filter")" "$captured"
	if [ "${rejected:-0}" -ge 50 ]; then
		ok "$filter: the rest was rejected"
	else
		not_ok "$filter: the rest was rejected" "${rejected:-none}, not 50 or more"
	fi
}

ports() {
	send_from a flood wire 400 100 --ports 8
}
filtered "udp portrange 9000-9003" ports
is "half of the ports, half of the packets" "$captured" 200

tcp() {
	send_from a http 10.9.0.2 8080 --server b
	send_from a http fd09::2 8080 --server b
	send_from a http 10.9.0.2 8081 --server b
	send_from a flood wire 50 100
}
filtered "tcp port 8080" tcp
is "both connections begin" "$(packets_in some.pcap 'tcp[tcpflags] & tcp-syn != 0')" 2
is "... over IPv6, too" "$(packets_in some.pcap 'ip6 and (ip6[53] & 2 != 0)')" 2

icmp6() {
	send_from a ping fd09::2 --count 10
	send_from a flood wire 50 100
}
filtered "icmp6" icmp6
is "every ping and its answer" \
	"$(packets_in some.pcap 'icmp6[0] == 128 or icmp6[0] == 129')" 20

# The network device takes the tag of an incoming frame out of its bytes.
vlan() {
	send_from a vlan wire 100 100 7
	send_from a flood wire 50 100 --sender 1
	send_from a vlan wire 30 100 8 --sender 2
}
filtered "vlan 7" vlan
is "every frame with the tag" "$captured" 100
check "... with the tag put back, undamaged" traffic check some.pcap --expect 100
