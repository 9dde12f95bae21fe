#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each packet in a file names a true holder of its socket at both ends, and nobody else: servers that
# fork and that share a port, sockets that were open before the capture, other namespaces, a cgroup
# of its own, errors of ICMP, fragments, both ends on lo, and addresses that are translated.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_packet_owners.sh"
need_owners
pair
six
ip -n "$A" addr add 10.77.0.3/24 dev eth0

# A third host, whose way to $B is translated by $A.
C=skwt$$c
namespace "$C"
cable "$A" eth1 "$C" eth0
ip -n "$A" addr add 10.88.0.1/24 dev eth1
ip -n "$C" addr add 10.88.0.2/24 dev eth0
ip -n "$C" route add default via 10.88.0.1
inside "$A" sysctl -qw net.ipv4.ip_forward=1
inside "$A" nft -f - <<'END' || bail "no nftables rules"
	table ip translate {
		chain out {
			type nat hook postrouting priority 100;
			ip saddr 10.88.0.0/24 oifname eth0 masquerade
			ip daddr 10.77.0.2 tcp dport 7005 snat to 10.77.0.3:20000-20999
			ip daddr 10.77.0.2 udp dport 17005 snat to 10.77.0.3:20000-20999
		}
		chain in {
			type nat hook prerouting priority -100;
			ip daddr 10.77.0.1 tcp dport 8080 dnat to 10.88.0.2:7006
			ip daddr 10.77.0.1 udp dport 8080 dnat to 10.88.0.2:7006
		}
	}
END

# ---- sockets of every kind, before the capture and after its start ----

server "$B" tcp-server early plain 10.77.0.2 7001
server "$A" tcp-server lo-server plain 127.0.0.1 7002
# Two sockets of UDP at one address, in two namespaces, are in doubt: no other test uses these ports.
server "$B" udp-server uearly 10.77.0.2 17001
cgroup
server "$A" tcp-server contained plain 10.77.0.1 7008
IN_CGROUP=()
start "$A" capture -i any -w "$TMP/kinds.pcapng"
server "$B" tcp-server forking fork fd77::2 7003
for i in 1 2 3; do server "$A" tcp-server sharing$i reuse 10.77.0.1 7004; done
server "$B" udp-server udual :: 17009
client "$A" tcp-client curl 10.77.0.2 7001 20
client "$A" tcp-client lo-client 127.0.0.1 7002 20
client "$A" tcp-client curl6 fd77::2 7003 20
client "$B" tcp-client many 10.77.0.1 7004 20
client "$B" tcp-client guest 10.77.0.1 7008 5
client "$A" udp-client dig plain 10.77.0.2 17001 20
client "$A" udp-client uconnected connected 10.77.0.2 17001 20
client "$A" udp-client ubound bound 10.77.0.2 17001 20
client "$A" udp-client usix plain fd77::2 17009 20
client "$A" udp-client umapped plain ::ffff:10.77.0.2 17009 20
client "$A" udp-client urefused connected 10.77.0.2 7333 5
client "$A" udp-client ufragments plain 10.77.0.2 17001 5 4000
stop
is "$STATUS" 0 "ends with status 0"
judge "$TMP/kinds.pcapng" curl
is "$(judged wrong) $(judged missing)" "0 0" "each packet names its owners and nobody else"
is "$(($(judged ends) > 1500))" 1 "there were many"
is "$(judged found)" "$(judged mine)" "a process has exactly its packets"
is "$(selects "$TMP/kinds.pcapng" 'frame.comment contains "curl["')" "$(judged mine)" \
	"and Wireshark selects exactly those by the comment"
# Each of these clients and a server have a port to themselves, so their packets are known without owners.
tshark -r "$TMP/kinds.pcapng" -Y tcp -T fields -e frame.number -e tcp.srcport -e tcp.dstport \
	2>/dev/null >"$TMP/ports"
# alone NAME PORT FILTER [OPTION...]: the filter selects exactly the packets of this port.
alone() {
	local name=$1 port=$2 filter=$3
	shift 3
	awk -v p="$port" '$2 == p || $3 == p { print $1 }' "$TMP/ports" >"$TMP/of_port"
	tshark "$@" -r "$TMP/kinds.pcapng" -Y "$filter" -T fields -e frame.number >"$TMP/selected" 2>"$TMP/tshark"
	is "$(wc -l <"$TMP/of_port") $(cksum <"$TMP/selected")" \
		"$(wc -l <"$TMP/selected") $(cksum <"$TMP/of_port")" "$name has exactly its packets: $filter"
	isnt "$(wc -l <"$TMP/selected")" 0 "and there are some"
}
lua=(-X "lua_script:$srcdir/contrib/wireshark/skwatch.lua")
alone curl6 7003 'frame.comment contains "curl6["'
alone curl6 7003 'skwatch.comm == "curl6" and frame.comment' "${lua[@]}"
alone many 7004 'skwatch.comm == "many" and frame.comment' "${lua[@]}"
alone contained 7008 'skwatch.comm == "contained" and frame.comment' "${lua[@]}"

is "$(($(selects "$TMP/kinds.pcapng" 'icmp and frame.comment contains "urefused["') > 0))" 1 \
	"an error of ICMP has the owner of the packet that it quotes"
is "$(($(selects "$TMP/kinds.pcapng" 'ip.frag_offset > 0 and frame.comment contains "ufragments["') > 0))" 1 \
	"later fragments have an owner"
like "$(tshark -r "$TMP/kinds.pcapng" -Y 'tcp.port == 7008' -T fields -e frame.comment 2>/dev/null)" \
	"contained\[[0-9]+\] /skwt$$" "the cgroup of a process is named"
like "$(tshark -r "$TMP/kinds.pcapng" -Y 'tcp.port == 7001' -T fields -e frame.comment 2>/dev/null)" \
	"early\[[0-9]+\] .*netns $B" "and the network namespace, if it is another one"
is "$(selects "$TMP/kinds.pcapng" 'udp.srcport == 17009 or udp.dstport == 17009')" \
	"$(selects "$TMP/kinds.pcapng" 'udp.port == 17009 and frame.comment contains "udual["')" \
	"a socket of both versions of IP has the packets of both"

# ---- translated addresses ----

: >"$TRUTH"
server "$B" tcp-server web plain 10.77.0.2 7005
server "$B" udp-server uweb 10.77.0.2 17005
server "$C" tcp-server inner plain 10.88.0.2 7006
server "$C" udp-server uinner 10.88.0.2 7006
server "$A" tcp-server proxy plain 0.0.0.0 8080
server "$A" udp-server uproxy 0.0.0.0 8080
start "$A" capture -i any -w "$TMP/nat.pcapng"
client "$A" tcp-client hidden 10.77.0.2 7005 5
client "$A" udp-client uhidden plain 10.77.0.2 17005 5
client "$C" tcp-client behind 10.77.0.2 7005 5
client "$B" tcp-client outside 10.77.0.1 8080 5
client "$B" udp-client uoutside plain 10.77.0.1 8080 5
stop
# A line for each packet of TCP and UDP: interface, protocol, both addresses and ports, owners.
tshark -r "$TMP/nat.pcapng" -Y 'tcp or udp' -T fields -E separator=/s -E occurrence=a \
	-e frame.interface_name -e _ws.col.Protocol -e ip.src -e tcp.srcport -e udp.srcport \
	-e ip.dst -e tcp.dstport -e udp.dstport -e frame.comment >"$TMP/nat" 2>/dev/null
# nat REGEX [OWNER]: how many of these packets there are, or how many of them have that owner.
nat() { grep -E -- "$1" "$TMP/nat" | grep -Ec -- "${2:+[ ,]$2\\[}"; }
isnt "$(nat '^eth0 TCP .*10\.77\.0\.3')" 0 "addresses were translated"
is "$(nat '^eth0 TCP .*10\.77\.0\.3' hidden)" "$(nat '^eth0 TCP .*10\.77\.0\.3')" \
	"a translated connection of this host has its owner"
is "$(nat '^eth0 UDP .*10\.77\.0\.3' uhidden)" "$(nat '^eth0 UDP .*10\.77\.0\.3')" \
	"and so has a translated socket of UDP"
is "$(nat '^eth1 TCP .* 7005 ' behind)" "$(nat '^eth1 TCP .* 7005 ')" \
	"packets of another namespace have their owner in front of the translation"
is "$(nat '^eth0' behind)" 0 "and none behind it"
is "$(nat . 'u?proxy')" 0 "a listener has no packets that are translated to somebody else"
is "$(nat '^eth1 .* 7006 ' 'u?inner')" "$(nat '^eth1 .* 7006 ')" "who has his"
is "$(nat '^eth0 .* 8080 ' 'u?outside')" "$(nat '^eth0 .* 8080 ')" "their other end is known"

# ---- the file, for other programs ----

start "$A" capture -i eth0 -w "$TMP/eth.pcapng"
client "$A" tcp-client curl 10.77.0.2 7001 5
stop
check "tcpdump reads the file" tcpdump -nr "$TMP/eth.pcapng"
check "capinfos reads it" capinfos "$TMP/eth.pcapng"
check "mergecap merges it" mergecap -w "$TMP/merged.pcapng" "$TMP/eth.pcapng" "$TMP/nat.pcapng"
check "editcap copies it" editcap "$TMP/eth.pcapng" "$TMP/edited.pcapng"
is "$(tcpdump -nr "$TMP/eth.pcapng" 2>&1 >/dev/null | grep -vc '^reading from\|^Warning: interface names')" 0 \
	"tcpdump has no complaint"
is "$(capinfos "$TMP/eth.pcapng" 2>&1 >/dev/null | wc -l)" 0 "capinfos has none"
is "$(selects "$TMP/edited.pcapng" 'frame.comment contains "curl["')" \
	"$(selects "$TMP/eth.pcapng" 'frame.comment contains "curl["')" "and the comments are copied"

# ---- options ----

start "$A" capture -i eth0 --owner-comments first -w "$TMP/first.pcapng"
client "$A" tcp-client curl 10.77.0.2 7001 3
stop
is "$(selects "$TMP/first.pcapng" frame.comment)" 3 "--owner-comments first: one for a connection"
start "$A" capture -i eth0 --no-events --owner-comments none -w "$TMP/none.pcapng"
client "$A" tcp-client curl 10.77.0.2 7001 3
stop
is "$(selects "$TMP/none.pcapng" frame.comment)" 0 "--owner-comments none: no comment"
is "$(grep -c 'curl' "$TMP/none.pcapng")" 1 "but the file has the process"
start "$A" capture -i eth0 --no-events --no-owner -w "$TMP/no.pcapng"
client "$A" tcp-client curl 10.77.0.2 7001 3
stop
is "$(grep -c 'curl' "$TMP/no.pcapng")" 0 "--no-owner: nothing"

start "$A" capture -i eth0 --no-events -C 20k -w "$TMP/part.pcapng"
client "$A" tcp-client curl 10.77.0.2 7001 20
stop
parts=("$TMP"/part.pcapng*)
is "$((${#parts[@]} > 2))" 1 "-C: several files"
for part in "${parts[@]}"; do
	[ "$(selects "$part" 'frame.comment contains "curl["')" = "$(selects "$part" tcp)" ] &&
		grep -q curl "$part" && echo good
done >"$TMP/parts"
is "$(grep -c good "$TMP/parts")" "${#parts[@]}" "each has its processes, and owners of all packets"

start "$A" capture -i eth0 --owner
client "$A" tcp-client curl 10.77.0.2 7001 1
stop
is "$(lines_like "$OUT" 'Flags .*  (curl\[[0-9]+\] > early\[[0-9]+\]|early\[[0-9]+\] > curl\[[0-9]+\])$')" \
	"$(lines_like "$OUT" ' Flags ')" "--owner: lines end with the owners"
start "$A" capture -i eth0
client "$A" tcp-client curl 10.77.0.2 7001 1
stop
is "$(lines_like "$OUT" 'curl')" 0 "without it they do not, if nobody reads them on a terminal"

# `ip netns exec` hides the cgroups, to which the programs are attached. Without CAP_SYS_ADMIN
# they can't be mounted.
unlike=(ip netns exec "$A" setpriv --bounding-set -sys_admin "${as_typed[@]}")
timeout $PATIENCE "${unlike[@]}" "$SKWATCH" capture -i eth0 --owner -c 1 >"$TMP/out" 2>"$ERR"
is "$? $(tail -n 1 "$ERR" | grep -c "^skwatch: .*cgroup")" "1 1" \
	"--owner fails with a line that tells why, where owners can't be known"
"${unlike[@]}" "$SKWATCH" capture -i eth0 -w "$TMP/without.pcapng" 2>"$ERR" &
PID=$!
STARTED+=("$PID")
wait_for_line "$ERR" "$PID" '^skwatch: listening on '
client "$A" tcp-client curl 10.77.0.2 7001 1
stop
is "$STATUS $(lines_like "$ERR" 'packets get no owners')" "0 1" \
	"without it that is said once, and the capture goes on"
isnt "$(selects "$TMP/without.pcapng" tcp)" 0 "with packets"
done_testing
