#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Both ends of a connection learn who the other is, through NAT. Peers without marks, fast open and
# MPTCP work as before.
if [ -z "${SKW_MARK_MOUNTS-}" ]; then
	# A BPF file system of the test's own, at the usual place.
	[ "$(id -u)" -eq 0 ] || { echo "1..0 # SKIP needs root"; exit 0; }
	export SKW_MARK_MOUNTS=1
	exec unshare -m bash "$0" "$@"
fi
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need tcpdump
mount -t bpf none /sys/fs/bpf || bail "no BPF file system"
cgroup
TOP=$CGROUP
for host in a b other; do mkdir "$TOP/$host" || bail "no cgroups"; done
PEER=(python3 "$srcdir/tests/live/mark_peer.py")

# $A, and $B behind a router that translates $A's addresses to its own.
A=skwt$$a
B=skwt$$b
R=skwt$$r
for ns in "$A" "$B" "$R"; do
	namespace "$ns"
	inside "$ns" sh -c 'for i in all default; do
		echo 0 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
		echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done
		echo 3 >/proc/sys/net/ipv4/tcp_fastopen
		f=/proc/sys/net/ipv4/tcp_syn_linear_timeouts; [ ! -e $f ] || echo 0 >$f'
done
cable "$A" eth0 "$R" left
cable "$B" eth0 "$R" right
link() { # NS IF ADDRESS ADDRESS6
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$1" addr add "$4/64" dev "$2" nodad
}
link "$A" eth0 10.78.1.2 fd78:1::2
link "$R" left 10.78.1.1 fd78:1::1
link "$R" right 10.78.2.1 fd78:2::1
link "$B" eth0 10.78.2.2 fd78:2::2
ip -n "$A" route add default via 10.78.1.1
ip -n "$A" -6 route add default via fd78:1::1
inside "$R" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
inside "$R" nft -f - <<'END' || bail "no nftables rules"
	table inet nat { chain post { type nat hook postrouting priority 100; oifname "right" masquerade; }; }
END

# peer CGROUP NS ARGUMENTS...: a process of mark_peer.py; its output is $PEER_OUT.
PEERS=0
peer() {
	local cgroup=$1 ns=$2
	shift 2
	PEERS=$((PEERS + 1))
	PEER_OUT=$TMP/peer.$PEERS
	: >"$PEER_OUT"
	mkfifo "$TMP/peer.$PEERS.in"
	exec {PEER_IN}<>"$TMP/peer.$PEERS.in"
	join_cgroup "$TOP/$cgroup"
	"${IN_CGROUP[@]}" nsenter --net="/run/netns/$ns" "${PEER[@]}" "$@" \
		<"$TMP/peer.$PEERS.in" >"$PEER_OUT" 2>&1 {PEER_IN}>&- &
	PEER_PID=$!
	STARTED+=("$PEER_PID")
}
serve() { # CGROUP NS PORT [HOW]
	peer "$1" "$2" serve "${@:3}"
	wait_for_line "$PEER_OUT" "$PEER_PID" '^ready$' || bail "serve $*: $(cat "$PEER_OUT")"
	SERVER_OUT=$PEER_OUT
	SERVER_PID=$PEER_PID
	SERVED=0
}
talk() { # CGROUP NS ADDRESS PORT [HOW]
	peer "$1" "$2" talk "${@:3}"
	wait_for_line "$PEER_OUT" "$PEER_PID" '^got hello$' || bail "talk $*: $(cat "$PEER_OUT")"
	SERVED=$((SERVED + 1))
	wait_for_lines "$SERVER_OUT" "$SERVER_PID" $SERVED '^cookie'
	CLIENT=$(sed -n 's/^cookie //p' "$PEER_OUT")
	SERVER=$(sed -n 's/^cookie //p' "$SERVER_OUT" | tail -n 1)
}
# mark CGROUP ARGUMENTS...: skwatch mark, which is ready when this returns.
mark() {
	launch "$A" mark --cgroup "$TOP/$1" "${@:2}"
	wait_for_line "$ERR" "$PID" '^skwatch: marking ' && return
	not_ok "skwatch mark $* starts" "it never said that it marks"
	exit 1
}
get() { # FILE COOKIE FIELD...: of the events and rows of this socket
	"${ROWS[@]}" get "$1" "cookie == $2" "${@:3}"
}
count() { sed -nE "s/^skwatch: (.*, )?([0-9]+) $1.*/\2/p" "${2:-$ERR}"; } # TEXT [FILE]

serve b "$B" 7001
inside "$B" tcpdump -Z root -U -s 0 -i eth0 -w "$TMP/wire.pcap" 'tcp[tcpflags] & tcp-syn != 0 or ip6' \
	2>"$TMP/tcpdump" &
DUMP=$!
STARTED+=("$DUMP")
wait_for_line "$TMP/tcpdump" "$DUMP" 'listening on' || bail "tcpdump: $(cat "$TMP/tcpdump")"

mark a --host-id 17 --name --json
PID_A=$PID OUT_A=$OUT ERR_A=$ERR
mark b --host-id 18 --name --json
PID_B=$PID OUT_B=$OUT ERR_B=$ERR
like "$(cat "$ERR_A")" 'tells its peer, and everybody on the way' "it says what it discloses"
like "$(cat "$ERR_B")" 'listeners that were there already: 1' "an older listener answers, too"

for address in 10.78.2.2 fd78:2::2; do
	talk a "$A" $address 7001
	wait_for_line "$OUT_A" "$PID_A" "\"cookie\":$CLIENT,"
	is "$(get "$OUT_A" "$CLIENT" type remote_host remote_cookie remote_comm | tr '\n' ' ')" \
		"learned 18 $SERVER pyth " "$address: the client learns host, cookie and name"
	wait_for_line "$OUT_B" "$PID_B" "\"cookie\":$SERVER,"
	is "$(get "$OUT_B" "$SERVER" type remote_host remote_cookie remote_comm | tr '\n' ' ')" \
		"learned 17 $CLIENT pyth " "$address: the server learns those of the client"
	like "$(get "$OUT_B" "$SERVER" remote_addr)" '^(10.78.2.1|::ffff:10.78.2.1|fd78:2::1)$' \
		"$address: although its address is translated"
done

# Without timestamps there is room for a longer name.
inside "$A" sh -c 'echo 0 >/proc/sys/net/ipv4/tcp_timestamps'
talk a "$A" 10.78.2.2 7001
wait_for_line "$OUT_B" "$PID_B" "\"cookie\":$SERVER,"
is "$(get "$OUT_B" "$SERVER" remote_comm)" python3 "a name is as long as there is room for"
inside "$A" sh -c 'echo 1 >/proc/sys/net/ipv4/tcp_timestamps'

# Peers without marks.
SYNS=$(wc -l <"$OUT_B")
talk other "$A" 10.78.2.2 7001
serve other "$B" 7002
talk a "$A" 10.78.2.2 7002
wait_for_line "$OUT_A" "$PID_A" "\"cookie\":$CLIENT,"
is "$(get "$OUT_A" "$CLIENT" type)" marked "a peer without a mark answers a marked SYN"
is "$(wc -l <"$OUT_B")" "$SYNS" "nobody learns anything of a peer that tells nothing"

# A box on the way that drops options it does not know.
inside "$B" nft -f - <<'END'
	table inet box { chain in { type filter hook input priority 0; tcp dport 7003 tcp flags & (syn | ack) == syn @th,96,4 > 10 counter drop; }; }
END
serve b "$B" 7003
talk a "$A" 10.78.2.2 7003
is "$(tail -n 1 "$PEER_OUT")" "got hello" "the SYN that is sent again goes without a mark"

# Fast open, with the cookie from the second time on.
serve b "$B" 7004 fastopen
for _ in 1 2; do
	talk a "$A" 10.78.2.2 7004 fastopen
done
is "$(counter "$B" TcpExtTCPFastOpenPassive)" 1 "fast open works as before"

if [ -e /proc/sys/net/mptcp/enabled ]; then
	inside "$A" sh -c 'echo 1 >/proc/sys/net/mptcp/enabled'
	inside "$B" sh -c 'echo 1 >/proc/sys/net/mptcp/enabled'
	serve b "$B" 7005 mptcp
	talk a "$A" 10.78.2.2 7005 mptcp
	is "$(counter "$B" MPTcpExtMPCapableACKRX)" 1 "MPTCP works as before"
else
	skip "MPTCP works as before" "this kernel has no MPTCP"
fi

kill -INT "$PID_A"
PID=$PID_A ERR=$ERR_A
finish
is "$STATUS" 0 "it ends with status 0"
is "$(count 'not marked because there was no room')" 1 "the SYN of fast open has no room"
is "$(count 'opened by a SYN that was sent again without a mark')" 1 "the one that was sent again is counted"
isnt "$(count 'SYNs marked')" 0 "and those that were marked"
kill -INT "$PID_B"
PID=$PID_B ERR=$ERR_B
finish
is "$STATUS" 0 "so does the other one"
is "$(bpftool cgroup show "$TOP/a"; bpftool cgroup show "$TOP/b")" "" "nothing stays attached"
serve b "$B" 7006
talk a "$A" 10.78.2.2 7006
ok "connections go on"

kill -TERM "$DUMP"
wait "$DUMP"
tcpdump -nn -vv -r "$TMP/wire.pcap" >"$TMP/lines" 2>&1
like "$(grep 'Flags \[S\]' "$TMP/lines")" 'wscale [0-9]+,exp-5357\]' "tcpdump reads the SYN's option"
like "$(grep 'Flags \[S\.\]' "$TMP/lines")" 'exp-5357\]' "and that of the SYN-ACK"
is "$(grep -c 'bad opt' "$TMP/lines")" 0 "no option is malformed"
"$SKWATCH" capture -nn -r "$TMP/wire.pcap" >"$TMP/ours" 2>&1
like "$(cat "$TMP/ours")" 'skwatch host 17 cookie [0-9]+ name pyth' "skwatch reads the mark"
if command -v tshark >/dev/null; then
	tshark -X lua_script:"$srcdir/contrib/wireshark/skwatch.lua" -r "$TMP/wire.pcap" \
		-Y 'skwatch.mark.host == 17 and tcp.flags.ack == 0' -T fields \
		-e skwatch.mark.comm -e _ws.malformed >"$TMP/tshark" 2>"$TMP/tshark.err"
	is "$(head -n 1 "$TMP/tshark" | tr -d '\t')" pyth "tshark reads it with the Lua script"
	is "$(grep -c Malformed "$TMP/tshark")" 0 "and finds no option malformed"
else
	skip "tshark reads it with the Lua script" "tshark is not installed"
	skip "and finds no option malformed" "tshark is not installed"
fi

# Pinned.
run mark --cgroup "$TOP/a" --host-id 17 --name --pin marks-a
is "$STATUS" 0 "a pin is made"
run mark --cgroup "$TOP/b" --host-id 18 --name --pin marks-b
is "$STATUS" 0 "and another one"
run mark --cgroup "$TOP/b" --pin marks-b
is "$STATUS" 2 "no pin takes the place of another"
talk a "$A" 10.78.2.2 7006
once "$A" --json -n 1 --netns self
is "$(get "$OUT" "$CLIENT" remote_host remote_cookie remote_comm | tr '\n' ' ')" \
	"18 $SERVER pyth " "top names the client's other end"
once "$B" --json -n 1 --netns self
is "$(get "$OUT" "$SERVER" remote_host remote_cookie remote_comm | tr '\n' ' ')" \
	"17 $CLIENT pyth " "and that of the server"
once "$B" --json -n 1 --netns self -f 'remote_host = 17 and remote_comm ~ pyth'
is "$("${ROWS[@]}" get "$OUT" True cookie)" "$SERVER" "rows can be asked for by it"
watch "$B" events --netns self --json
talk a "$A" 10.78.2.2 7006
await 1 "\"type\":\"established\".*\"cookie\":$SERVER,"
stop
is "$("${ROWS[@]}" get "$OUT" "type == \"established\" and cookie == $SERVER" remote_cookie)" \
	"$CLIENT" "so do events"
run list
like "$(cat "$OUT")" '^marks-a +mark .* attached +'"$TOP/a" "list has the pin"
like "$(cat "$OUT")" '^ +2 +SYNs marked' "and its counters"
run detach marks-a marks-b
is "$STATUS" 0 "detach removes them"
is "$(bpftool cgroup show "$TOP/a"; bpftool cgroup show "$TOP/b")" "" "nothing is attached then"
talk a "$A" 10.78.2.2 7006
ok "connections go on then"
once "$A" --json -n 1 --netns self
is "$(get "$OUT" "$CLIENT" remote_host)" None "nobody is named without marks"
done_testing
