#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Filters with thousands of addresses, networks and ports: live, on a file, and as they are shown.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump ping
pair
six

# Some addresses of B are in the lists below, and others are not.
for n in 1 2 3 4; do
	ip -n "$B" addr add "10.77.$n.$n/32" dev eth0
	ip -n "$B" addr add "fd77:$n::$n/128" dev eth0 nodad
	ip -n "$A" route add "10.77.$n.$n/32" via 10.77.0.2
	ip -n "$A" -6 route add "fd77:$n::$n/128" via fd77::2
done

# joined WORD FILE: the file's lines with the word between them.
joined() { paste -sd'|' "$2" | sed "s/|/ $1 /g"; }

for ((i = 0; i < 1998; i++)); do
	echo "host 10.88.$((i / 250)).$((i % 250))"
	[ $i -ne 997 ] || printf 'host %s\n' 10.77.1.1 10.77.3.3
done >"$TMP/four"
for ((i = 0; i < 1998; i++)); do
	printf 'host fd88:%x::%x\n' $((i % 7)) $((i * 977 % 65536))
	[ $i -ne 997 ] || printf 'host %s\n' fd77:1::1 fd77:3::3
done >"$TMP/six"
is "$(sort -u "$TMP/four" | wc -l) $(sort -u "$TMP/six" | wc -l)" "2000 2000" "there are 2000 of each"

# pings: an echo request to each address of B, which must be answered.
pings() {
	for n in 1 2 3 4; do
		inside "$A" ping -q -c 1 -W 5 "10.77.$n.$n" >>"$TMP/ping" &&
			inside "$A" ping -q -c 1 -W 5 "fd77:$n::$n" >>"$TMP/ping" || bail "no answer"
	done
}

# seen FILE: the addresses of A's peers in a file, each once.
seen() {
	tcpdump -nr "$1" 'icmp[0] = 8 or ip6[40] = 128' 2>/dev/null | sed -E 's/.* > ([^ ]+): .*/\1/' |
		sort -u | paste -sd' '
}

# captured NAME WANT FILTER: captures the pings with a filter.
captured() {
	start "$A" capture -i eth0 -w "$TMP/$1.pcap" "$3"
	pings
	stop INT
	is "$(seen "$TMP/$1.pcap")" "$2" "$1"
}

all="10.77.1.1 10.77.2.2 10.77.3.3 10.77.4.4 fd77:1::1 fd77:2::2 fd77:3::3 fd77:4::4"
captured "everything" "$all" "icmp or icmp6"
captured "2000 hosts of IPv4" "10.77.1.1 10.77.3.3" "$(joined or "$TMP/four")"
captured "2000 hosts of IPv6" "fd77:1::1 fd77:3::3" "$(joined or "$TMP/six")"
captured "4000 hosts of both" "10.77.1.1 10.77.3.3 fd77:1::1 fd77:3::3" \
	"$(joined or "$TMP/four") or $(joined or "$TMP/six")"
captured "all but 2000 hosts" "10.77.2.2 10.77.4.4" "icmp and not ($(joined or "$TMP/four"))"
captured "each of 2000 hosts excluded" "10.77.2.2 10.77.4.4" \
	"icmp and not $(joined "and not" "$TMP/four")"
captured "hosts and another term" "10.77.1.1 10.77.2.2 10.77.3.3" \
	"dst 10.77.2.2 or ($(joined or "$TMP/four")) and icmp"
captured "networks" "10.77.1.1 10.77.3.3" "$(joined or "$TMP/four" |
	sed 's/host \([0-9.]*\)\.[0-9]* /net \1.0\/24 /g; s/host \([0-9.]*\)\.[0-9]*$/net \1.0\/24/')"

# With a VLAN the tag is in the packet's metadata, and the addresses are in another place.
for last in 8 9; do
	start "$B" capture -i eth0 -w "$TMP/vlan.$last.pcap" \
		"vlan 100 and ($(joined or "$TMP/four") or host 10.77.0.$last)"
	traffic "$A" vlan eth0 10 100 100
	stop INT
done
is "$(packets "$TMP/vlan.8.pcap") $(packets "$TMP/vlan.9.pcap")" "0 10" "hosts behind a VLAN tag"

# All interfaces, and a filter in user space: the worker gets the lists from the keeper.
joined or "$TMP/four" >"$TMP/filter"
start "$A" capture -i any -w "$TMP/any.pcap" -F "$TMP/filter"
pings
stop INT
is "$(seen "$TMP/any.pcap")" "10.77.1.1 10.77.3.3" "on all interfaces, from a file with the filter"
start "$A" capture -i eth0 -w "$TMP/user.pcap" "ip protochain 1 and ($(cat "$TMP/filter"))"
pings
stop INT
is "$(seen "$TMP/user.pcap")" "10.77.1.1 10.77.3.3" "in user space"

run capture -r "$TMP/everything.pcap" -w "$TMP/file.pcap" -F "$TMP/filter"
is "$STATUS $(seen "$TMP/file.pcap")" "0 10.77.1.1 10.77.3.3" "of a file"
run capture -d -r "$TMP/everything.pcap" -F "$TMP/filter"
is "$(tail -n 1 "$OUT")" "set 0: 2000 values of 4 bytes" "-d tells the size of the set"
run capture --dump-ebpf -r "$TMP/everything.pcap" -F "$TMP/filter"
like "$(cat "$OUT")" "map\[fd:0\]" "--dump-ebpf shows the look-up"
head -n 20 "$TMP/four" >"$TMP/few"
run capture -dd -y EN10MB "$(joined or "$TMP/few")"
is "$(cat "$OUT")" "$(tcpdump -dd -y EN10MB "$(joined or "$TMP/few")" 2>/dev/null)" \
	"-dd has no set, as other programs read it"

(joined or "$TMP/four"; echo "or port 99999") >"$TMP/wrong"
run capture -d -y EN10MB -F "$TMP/wrong"
is "$STATUS $(cat "$ERR")" "2 skwatch: filter \"host 10.88.0.0 or port 99999\": illegal port number 99999 > 65535" \
	"a mistake is told of the expression with one value for each list"
done_testing
