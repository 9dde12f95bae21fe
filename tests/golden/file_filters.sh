#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch capture -r FILE FILTER against tcpdump itself, on each link type and byte order; and files
# that only skwatch reads: those of several link types, directions, times that do not fit.
: "${srcdir:?where the sources are}" "${builddir:?where the programs are}"
SKWATCH=${SKWATCH:-$builddir/skwatch}
export LC_ALL=C TZ=UTC
samples=$srcdir/pcap-samples
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
count=0 failed=0

is() { # ACTUAL EXPECTED NAME
	count=$((count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		printf '%s\n' "got:      $1" "expected: $2" | sed 's/^/#   /'
		failed=1
	fi
}

if ! command -v tcpdump >/dev/null; then
	echo "1..0 # SKIP tcpdump is not installed"
	exit 0
fi

# skwatch ARGUMENTS...: leaves standard output and error in $tmp/out and $tmp/err, and sets $status.
skwatch() {
	"$SKWATCH" capture "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}

# of_tcpdump FILE EXPRESSION: the records of the packets that pass, or the refusal.
of_tcpdump() {
	if tcpdump -r "$1" -w "$tmp/theirs" "$2" 2>"$tmp/err"; then
		tail -c +25 "$tmp/theirs" | sha256sum
	else
		grep -v '^reading from\|^Warning' "$tmp/err" | sed 's/^tcpdump: //'
	fi
}
of_skwatch() {
	skwatch -r "$1" --time-precision micro -w - "$2"
	case $status in
	0) tail -c +25 "$tmp/out" | sha256sum ;;
	2) grep -v '^skwatch: reading from' "$tmp/err" | sed 's/^skwatch: filter ".*": //' ;;
	*) echo "status $status: $(cat "$tmp/err")" ;;
	esac
}

expressions=(ip ip6 arp 'not ip6' 'icmp or udp' 'host 2001:db8::1' inbound 'ifindex 2' 'vlan and ip')
for name in arp.pcap vlan.pcap link-linux-sll.pcap link-linux-sll2.pcap link-loop.pcap link-null.pcap \
	link-null-big-endian.pcap link-raw.pcap format-big-endian.pcap pcapng-big-endian.pcapng \
	pcapng-enc.pcapng pcapng-enc-big-endian.pcapng pcapng-no-packets.pcapng pcapng-null.pcapng \
	pcapng-null-big-endian.pcapng; do
	ours= theirs=
	for expression in "${expressions[@]}"; do
		# Where a pcapng file has a place for directions, skwatch looks for them.
		[[ $name$expression == *.pcapnginbound ]] && continue
		ours+="$expression: $(of_skwatch "$samples/$name" "$expression")"$'\n'
		theirs+="$expression: $(of_tcpdump "$samples/$name" "$expression")"$'\n'
	done
	is "$ours" "$theirs" "$name: the same packets pass as in tcpdump, and the same is refused"
	for expression in ip6 'udp port 53'; do
		skwatch -d -r "$samples/$name" "$expression"
		is "$(cat "$tmp/out")" "$(tcpdump -d -r "$samples/$name" "$expression" 2>/dev/null)" \
			"$name: -d '$expression' prints the same program"
	done
done

# ---- files that tcpdump does not read ----

# lines ARGUMENTS...: the status, and how many lines there are on standard output.
lines() {
	skwatch "$@"
	echo "$status $(wc -l <"$tmp/out")"
}
told() { grep -c -- "$1" "$tmp/err"; }

mixed=$samples/pcapng-link-types.pcapng
is "$(lines -r "$mixed" arp)" "0 2" "an expression that one link type can't have passes packets of the other"
is "$(told 'no packet of link type RAW matches: filter "arp": expression rejects all packets')" 1 \
	"and says so once"
is "$(lines -r "$mixed" ip)" "0 1" "an expression that both can have"
is "$(told 'matches')" 0 "says nothing"
is "$(lines -r "$mixed" -w "$tmp/none.pcapng" 'wlan type mgt')" "2 0" "an expression that none can have is wrong"
is "$(wc -l <"$tmp/err")" 1 "in one line"
is "$([ -e "$tmp/none.pcapng" ] && echo made)" "" "and makes no file"

for name in pcapng-no-packets.pcapng format-empty.pcap pcapng-link-types.pcapng; do
	for wrong in 'tcp prot 80' 'ip proto \nosuch' 'port nosuchport' 'ip and arp'; do
		is "$(lines -r "$samples/$name" -w "$tmp/none.pcapng" "$wrong") $([ -e "$tmp/none.pcapng" ] && echo made)" \
			"2 0 " "$name: '$wrong' is wrong, and makes no file"
	done
done

directions=$samples/pcapng-directions.pcapng
is "$(lines -r "$directions" inbound)" "0 4" "inbound passes packets that the file says came in"
is "$(told 'link type EN10MB without a direction') $(told 'link type RAW without a direction')" "1 1" \
	"packets that do not tell are told of"
is "$(lines -r "$directions" -Q in)" "0 4" "so does -Q in"
is "$(lines -r "$directions" outbound)" "0 3" "outbound passes those that went out"
is "$(lines -r "$directions" -Q out)" "0 3" "so does -Q out"
is "$(lines -r "$directions" -Q in outbound)" "0 0" "and both at once pass nothing"
is "$(lines -r "$directions")" "0 12" "without them, all pass"
is "$(lines -r "$samples/pcapng-null-big-endian.pcapng" 'ip6 and inbound')" "0 2" \
	"directions and the file's byte order go together"
for file in "$samples/arp.pcap" "$samples/pcapng-simple-packets.pcapng"; do
	for arguments in inbound 'not outbound' -Qin -Qout; do
		is "$(lines -r "$file" "$arguments") $(wc -l <"$tmp/err" | tr -d ' ')" "2 0 1" \
			"$arguments: refused for ${file##*/}, which has no directions"
	done
done
is "$(lines -r "$samples/link-linux-sll.pcap" -Q out)" "0 $(tcpdump -r "$samples/link-linux-sll.pcap" outbound 2>/dev/null | wc -l)" \
	"-Q out uses the direction of a cooked header"
is "$("$SKWATCH" capture -r - arp 2>/dev/null < <(cat "$mixed") | wc -l)" 2 "a pipe is filtered as a file is"

# ---- times ----

times=$samples/pcapng-times.pcapng
# files TEMPLATE OPTION...: the status, the names of the files, and the number of packets in them.
files() {
	local template=$1
	shift
	rm -rf "$tmp/files"
	mkdir "$tmp/files"
	skwatch -r "$times" -w "$tmp/files/$template" "$@"
	echo "$status $(cd "$tmp/files" && echo *) $(for file in "$tmp"/files/*; do
		tcpdump -t -r "$file" 2>/dev/null
	done | wc -l)"
}
is "$(lines -r "$times" -tt)" "0 10" "times at the ends of what fits are read"
is "$(grep -c '^\[Error converting time\] ' "$tmp/out")" 3 "and those before and behind are no wrong times"
is "$(files f.pcap)" "0 f.pcap 10" "they can be written to a pcap file"
is "$(told 'no times after February 2106') $(told 'before 1970 or after 2554')" "1 1" "what does not fit is said"
is "$(tcpdump -tt -r "$tmp/files/f.pcap" 2>/dev/null | grep -c '^0\.000000 ')" 2 "and is not wrapped"
is "$(files f.pcapng)" "0 f.pcapng 10" "and to a pcapng file"
is "$(told 2106)" 0 "which goes on after 2106"
is "$(files '%s.pcap' -G 10)" "0 0.pcap 12884901880.pcap 18446744070.pcap 4294967290.pcap 10" \
	"-G makes a file for each time, and no more"
is "$(files '%s.pcap' -G 4294967295)" "0 0.pcap 12884901885.pcap 17179869180.pcap 4294967295.pcap 10" \
	"-G with the longest period"
is "$(files '%s.pcap' -G 1 -C 1 -W 2)" \
	"0 0.pcap0 12884901888.pcap0 18446744073.pcap0 4294967295.pcap0 4294967296.pcap0 10" "-G with -C and -W"
is "$(files '%s.pcap' -G 1 -W 2)" "0 0.pcap 4294967295.pcap 4" "-G with -W ends after so many files"

echo "1..$count"
exit $failed
