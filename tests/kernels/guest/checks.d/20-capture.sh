# SPDX-License-Identifier: BSD-2-Clause
# A capture without a filter writes every packet to a file, which other programs can read.

two_hosts

capture_start b -i wire -w all.pcap
send_from a flood wire 500 100
send_from a ping fd09::2 --count 10
check "capture without a filter ends well" capture_stop
sums_up "its figures add up"
is "nothing was rejected" "$rejected" 0
is "nothing was dropped" "$dropped" 0
is "the file has what was captured" "$(packets_in all.pcap)" "$captured"
check "every frame is there, undamaged and in order" traffic check all.pcap --expect 500
is "every IPv6 ping and its answer is there" \
	"$(packets_in all.pcap 'icmp6[0] == 128 or icmp6[0] == 129')" 20
check "skwatch reads its file" skwatch_lines -r all.pcap
is "... and prints each packet" "$(wc -l <lines)" "$captured"

capture_start b -i wire -c 3 udp
send_from a flood wire 10 100
check "-c ends it" capture_wait
is "... after that many lines" "$(wc -l <lines)" 3

capture_start b -w any.pcapng "udp or icmp"
send_from a flood wire 20 100
send_from b ping 127.0.0.1 --count 5
check "capture on every interface ends well" capture_stop
sums_up "its figures add up, too"
is "packets of all interfaces are there, once" "$captured" 30
