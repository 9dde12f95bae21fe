#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Options that tcpdump has as well do the same as tcpdump's; and signals and limits of a capture.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump tshark
pair

# listen NS ARGUMENTS...: tcpdump in the background, which captures when this returns; $TCPDUMP.
listen() {
	local ns=$1
	shift
	: >"$TMP/tcpdump.err"
	ip netns exec "$ns" "${as_typed[@]}" tcpdump -U --immediate-mode "$@" >"$TMP/tcpdump.out" 2>"$TMP/tcpdump.err" </dev/null &
	TCPDUMP=$!
	STARTED+=("$TCPDUMP")
	wait_for_line "$TMP/tcpdump.err" "$TCPDUMP" 'listening on ' || bail "tcpdump: $(cat "$TMP/tcpdump.err")"
}
listened() {
	kill -INT "$TCPDUMP"
	wait "$TCPDUMP"
	forget "$TCPDUMP"
}
# lines_are COUNT FILE: whether the file has this number of packets by now.
lines_are() { [ "$(tcpdump -nn -r "$2" 2>/dev/null | wc -l)" -eq "$1" ]; }
# says ARGUMENTS...: the output of a command of skwatch in the namespace.
says() { inside "$A" "$SKWATCH" capture "$@" 2>&1; }
tcpdump_says() { inside "$A" tcpdump "$@" 2>&1; }

# ---- interfaces by number, link types, time stamps ----

# libpcap lists sources that are no network interfaces, too, so the numbers are left out.
interfaces_only() { grep -E '^[0-9]+\.(any|lo|eth0)' | sed 's/^[0-9]*\.//'; }
is "$(says -D | sed 's/^[0-9]*\.//')" "$(tcpdump_says -D | interfaces_only)" "-D lists interfaces as tcpdump does"
number=$(says -D | sed -n 's/^\([0-9]*\)\.eth0.*/\1/p')
start "$A" capture -i "$number" -w "$TMP/number.pcap"
traffic "$A" flood eth0 5 100
stop INT
is "$(lines_like "$ERR" '^skwatch: listening on eth0,')" 1 "-i takes a number of -D"
check "and captures there" numbered 5 "$TMP/number.pcap"
number=$(says -D | sed -n 's/^\([0-9]*\)\.any.*/\1/p')
start "$A" capture -i "$number" -w "$TMP/number.pcapng"
stop INT
is "$(lines_like "$ERR" '^skwatch: listening on any,')" 1 "a number may mean any"
ip -n "$A" link add 2 type veth peer name 3
ip -n "$A" link set 2 up
ip -n "$A" link set 3 up
start "$A" capture -i 2 -w "$TMP/two.pcap"
stop INT
is "$(lines_like "$ERR" '^skwatch: listening on 2,')" 1 "an interface whose name is a number goes before"
ip -n "$A" link del 2
is "$(says -i 99 -c 1; echo $?)" "skwatch: -i 99: no interface has this name or this number; list them: skwatch capture -D
2" "a number too large is wrong usage"

is "$(says -L -i any)" "$(tcpdump_says -L -i any)" "-L -i any lists what tcpdump lists"
is "$(says -L)" "$(tcpdump_says -L -i any)" "-L is about any, which is the default"
is "$(says -L -i lo)" "$(tcpdump_says -L -i lo)" "-L -i lo lists what tcpdump lists"
is "$(says -J -i eth0)" "$(tcpdump_says -J -i eth0)" "-J lists what tcpdump lists"
is "$(says -J -i nosuch0 >/dev/null; echo $?)" 1 "-J of no interface is an error"
is "$(says -O -d -i eth0 tcp port 80)" "$(tcpdump_says -O -d -i eth0 tcp port 80)" "-O compiles without the optimizer"
isnt "$(says -O -d -i eth0 tcp port 80)" "$(says -d -i eth0 tcp port 80)" "which makes a difference"
is "$(says -d -y RAW tcp port 80)" "$(tcpdump_says -d -y RAW tcp port 80 | grep -v '^Warning')" "-d takes a link type without an interface"

# ---- one header for all interfaces ----

for type in LINUX_SLL LINUX_SLL2; do
	listen "$A" -i any -y $type -s 2000 -B 8192 -w "$TMP/$type.theirs"
	start "$A" capture -i any -y $type -s 2000 -w "$TMP/$type.pcap"
	traffic "$A" flood eth0 10 100
	traffic "$B" flood eth0 10 200 --sender 1
	# libpcap loses the tags of packets in LINUX_SLL2.
	if [ $type = LINUX_SLL ]; then
		traffic "$B" vlan eth0 5 100 100 --sender 2
		traffic "$A" vlan eth0 5 100 100 --sender 3
		want=34
	else
		want=24
	fi
	traffic "$A" ping 127.0.0.1 --count 2
	stop INT
	becomes lines_are $want "$TMP/$type.theirs" || not_ok "-y $type: tcpdump sees as much"
	listened
	tcpdump -nn -t -XX -r "$TMP/$type.theirs" >"$TMP/theirs" 2>"$TMP/theirs.err"
	tcpdump -nn -t -XX -r "$TMP/$type.pcap" >"$TMP/ours" 2>"$TMP/ours.err"
	is "$(head -n 1 "$TMP/ours.err" | sed 's/.*link-type/link-type/')" \
		"$(head -n 1 "$TMP/theirs.err" | sed 's/.*link-type/link-type/')" "-y $type: the file has this link type"
	is "$(lines_like "$TMP/ours" '^\s+0x0000')" $want "-y $type: with all packets"
	check "-y $type: byte for byte as tcpdump has them" cmp "$TMP/ours" "$TMP/theirs"
done
start "$A" capture -y LINUX_SLL2 -w "$TMP/vlan.pcap" vlan
traffic "$B" vlan eth0 5 100 100
traffic "$A" vlan eth0 5 100 200 --sender 1
stop INT
is "$(tshark -r "$TMP/vlan.pcap" -T fields -e vlan.id 2>/dev/null | sort | uniq -c | tr -s ' ' | tr '\n' ,)" " 5 100, 5 200," \
	"-y LINUX_SLL2: tags are kept, and the filter sees them"
start "$A" capture -y LINUX_SLL2 -s 40 --no-events -w "$TMP/cut.pcapng" udp
traffic "$A" flood eth0 3 100
stop INT
is "$(tshark -r "$TMP/cut.pcapng" -T fields -e frame.encap_type -e frame.cap_len -e frame.len 2>/dev/null | sort -u)" \
	"$(printf '210\t40\t106')" "-y LINUX_SLL2: a snapshot length holds, in pcapng as well"
start "$A" capture -y LINUX_SLL2 -e udp
traffic "$A" flood eth0 1 100
wait_for_line "$OUT" "$PID" 'eth0 +Out' || not_ok "-y LINUX_SLL2: lines"
stop INT
inside "$A" tcpdump -nn -e -t -r "$TMP/LINUX_SLL2.theirs" 2>/dev/null | grep -m 1 'eth0 *Out' | sed "s/ifindex [0-9]*/ifindex N/" >"$TMP/theirs"
is "$(sed "s/^[0-9:.]* //; s/ifindex [0-9]*/ifindex N/" "$OUT")" "$(cat "$TMP/theirs")" "-y LINUX_SLL2: lines are those of tcpdump"

# ---- signals ----

start "$A" capture -i eth0 -w "$TMP/usr2.pcap"
keeper=$(keeper_of "$PID")
traffic "$A" flood eth0 100 100
kill -USR2 "$PID"
kill -USR2 "$keeper"
has() { [ "$(packets "$2")" = "$1" ]; }
if becomes has 100 "$TMP/usr2.pcap"; then ok "SIGUSR2: the file has all packets"; else not_ok "SIGUSR2: the file has all packets"; fi
traffic "$A" flood eth0 100 100 --sender 1
kill -USR2 "$PID"
stop INT
is "$STATUS $(figure captured)" "0 200" "SIGUSR2: and the capture goes on to its end"
check "with a whole file" numbered 200 "$TMP/usr2.pcap"
# A reader of lines and a screen have nothing to write, but they must not die of it.
start "$A" capture -i eth0
kill -USR2 "$PID"
traffic "$A" flood eth0 5 100
stop INT
is "$STATUS $(wc -l <"$OUT")" "0 5" "SIGUSR2 does no harm to lines"

# ---- ends ----

start "$A" capture -i eth0 -w "$TMP/size.pcap" --stop-size 10k
traffic "$A" flood eth0 1000 100
finish
is "$STATUS" 0 "--stop-size ends by itself with status 0"
# The file's header, and 16 bytes of a record's header before each packet.
is "$(stat -c %s "$TMP/size.pcap")" $((24 + 89 * 116)) "--stop-size: with the packet that reaches the size"
check "--stop-size: the first packets" numbered 89 "$TMP/size.pcap"
is "$(figure captured)" 89 "--stop-size: as the figures say"
start "$A" capture -i eth0 -w "$TMP/part.pcap" -C 4k --stop-size 10k
traffic "$A" flood eth0 1000 100
finish
is "$(ls "$TMP"/part.pcap* | wc -l)" 3 "--stop-size: files of a rotation"
total=$(cat "$TMP"/part.pcap* | wc -c)
if [ "$total" -ge 10240 ] && [ "$total" -lt $((10240 + 116)) ]; then ok "--stop-size: have that size together"; else not_ok "--stop-size: have that size together" "$total"; fi

start "$A" capture -i eth0 -w "$TMP/ten.pcap" -c 10
traffic "$A" flood eth0 5000 100
finish
left=$(sed -nE 's/^.* seen by the filter \(0 rejected, ([0-9]+) left over\)$/\1/p' "$ERR")
is "$(figure captured)" 10 "-c N: N packets are captured"
is "$((10 + ${left:-0} + $(figure dropped)))" "$(figure seen)" "-c N: and those that waited are told apart"

# ---- times, and modes that change nothing that can be seen ----

for option in --nano --micro; do
	start "$A" capture -i eth0 -j host -f -N --immediate-mode $option -w "$TMP/$option.pcap"
	traffic "$A" flood eth0 10 100
	stop INT
	check "$option: all packets are there" numbered 10 "$TMP/$option.pcap"
done
is "$(od -An -N4 -tx4 "$TMP/--nano.pcap")$(od -An -N4 -tx4 "$TMP/--micro.pcap")" " a1b23c4d a1b2c3d4" "--nano and --micro choose the times of the file"
"$SKWATCH" capture --nano -r "$TMP/--nano.pcap" >"$TMP/ours" 2>/dev/null
tcpdump --nano -nn -r "$TMP/--nano.pcap" >"$TMP/theirs" 2>/dev/null
check "--nano: and of lines" cmp "$TMP/ours" "$TMP/theirs"

printf '# only these\nudp # and\nport 9000\n' >"$TMP/filter"
start "$A" capture -i eth0 -F "$TMP/filter" -w "$TMP/filter.pcap"
traffic "$A" flood eth0 5 100
traffic "$A" ping 10.77.0.2 --count 1
stop INT
is "$(packets "$TMP/filter.pcap")" 5 "-F: comments are no part of the filter"
done_testing
