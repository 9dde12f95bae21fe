#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Captures by owner: --pid, --children, --comm and --cgroup, over IPv4 and IPv6, TCP and UDP, on a
# cable, lo and any; sockets that were open before; and the figures.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_owners.sh"
need root python3
pair
six
ip -n "$A" addr add 10.77.0.3/24 dev eth0
ip -n "$B" neigh replace 10.77.0.3 lladdr 02:00:00:00:00:01 dev eth0

owned mine "$B" serve :: 8000 fork
owned theirs "$B" serve :: 8001 fork

both() { # talk to both servers, over both families
	local port
	for port in 8000 8001; do
		talk "$A" 10.77.0.2 $port 3
		talk "$A" fd77::2 $port 3
	done
}

# ---- a server that was there before ----
begin "$B" eth0 --pid "${OWNER[mine]}"
both
end "server"
exactly "server" "port 8000"
is "$(figure captured "$OWN_ERR")" "$(count_of "$TMP/own.pcapng" "")" "only these were copied"
is $(($(figure captured "$OWN_ERR") + $(sed -nE 's/.*\(([0-9]+) rejected.*/\1/p' "$OWN_ERR"))) \
	"$(figure seen "$OWN_ERR")" "the figures add up"

# ---- any, with a filter beside ----
begin "$B" any --pid "${OWNER[mine]}" udp
both
end "any"
exactly "any" "udp port 8000"

# ---- clients: before and after the start ----
owned held "$A" hold 10.77.0.2 8000
owned other "$A" hold 10.77.0.2 8001
owned later "$A" quiet
begin "$A" eth0 --pid "${OWNER[held]}" --pid "${OWNER[later]}"
tell held again 1
tell other again 1
tell later "fd77::2 8001" 1
both
end "clients"
held=$(inside "$A" ss -tunapH | grep "pid=${OWNER[held]}," | sed -nE 's/.* [^ ]*:([0-9]+) +[^ ]+:[0-9*]+ .*/\1/p')
later='ip6 and port 8001'
# shellcheck disable=SC2086
own=$(printf 'port %s or ' $held | sed 's/ or $//')
missing=$(comm -23 <(lines_of "$REFERENCE" "$own") <(lines_of "$TMP/own.pcapng" "$own"))
isnt "$(count_of "$REFERENCE" "$own")" 0 "an open connection has packets"
is "$missing" "" "all packets of sockets that were open before"
isnt "$(count_of "$TMP/own.pcapng" "tcp and $later")" 0 "packets of a later TCP socket"
isnt "$(count_of "$TMP/own.pcapng" "udp and $later")" 0 "packets of later UDP sockets"
is "$(count_of "$TMP/own.pcapng" "not ($own) and not ($later)")" 0 "and none of others"
like "$(lines_of "$TMP/own.pcapng" "tcp and $later")" 'Flags \[S\],' "the first SYN as well"

# ---- on lo, where both ends are here ----
inside "$B" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
owned local "$B" quiet
begin "$B" lo --pid "${OWNER[local]}"
tell local "127.0.0.1 8000" 1
tell local "::1 8001" 2
talk "$B" 127.0.0.1 8001 2
end "lo"
exactly "lo" "(ip and port 8000) or (ip6 and port 8001)"

# ---- several processes ----
owned fork "$B" serve 10.77.0.2 8010 fork
owned prefork "$B" serve 10.77.0.2 8011 prefork
begin "$B" eth0 --pid "${OWNER[fork]}" --pid "${OWNER[prefork]}" --children
for port in 8010 8011 8000; do talk "$A" 10.77.0.2 $port 3; done
end "children"
exactly "children" "port 8010 or port 8011"

# ---- by name and by cgroup ----
mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
[ -n "$mount" ] || { mount=$TMP/cgroup && mkdir "$mount" && mount -t cgroup2 none "$mount" &&
	MOUNTS+=("$mount"); }
group=$mount/skwt$$
mkdir "$group"
begin "$A" eth0 --comm a-name-that-is-too-long --cgroup "skwt$$"
# The shell goes into the cgroup first, so its child's sockets are made there.
(echo $BASHPID >"$group/cgroup.procs" && exec ip netns exec "$A" python3 "$OWNED" \
	talk 10.77.0.2 8001 3) || bail "talk in a cgroup"
inside "$A" python3 "$OWNED" as a-name-that-is-too-long talk 10.77.0.2 8000 3 || bail "talk by name"
talk "$A" fd77::2 8000 3
end "name and cgroup"
rmdir "$group"
exactly "name and cgroup" "ip host 10.77.0.1 and (port 8000 or port 8001)"

# ---- fragments, and errors that quote a packet ----
owned large "$A" odd
owned small "$A" odd
begin "$A" eth0 --pid "${OWNER[large]}"
tell large "10.77.0.2 8000" 1
tell small "10.77.0.2 8001" 1
end "fragments and errors"
# 4008 bytes make three fragments in each direction.
is "$(count_of "$TMP/own.pcapng" "udp and ip")" 7 "all fragments of one process, and its question"
is "$(count_of "$TMP/own.pcapng" icmp)" 1 "the error that answers its packet"
is "$(count_of "$REFERENCE" icmp)" 2 "the other process got one, too"
is "$(count_of "$TMP/own.pcapng" "")" 8 "and nothing else"

# ---- a table that is full is told ----
owned crowd "$B" serve 10.77.0.2 8020 fork
start "$B" capture -i eth0 --pid "${OWNER[crowd]}" --owner-sockets 4 -w "$TMP/own.pcapng"
inside "$A" python3 "$OWNED" many 10.77.0.2 8020 40 || bail "many"
stop
is "$STATUS" 0 "a full table is no error"
like "$(cat "$ERR")" '^skwatch: [0-9]+ times a socket found no room' "but it is told"

# ---- closed sockets make room ----
owned brisk "$B" serve 10.77.0.2 8021 fork
begin "$B" eth0 --pid "${OWNER[brisk]}" --owner-sockets 8
talk "$A" 10.77.0.2 8021 30
end "closed sockets"
exactly "closed sockets" "port 8021"
is "$(lines_like "$OWN_ERR" 'found no room')" 0 "none found no room"

# ---- mistakes ----
mistake() { # REGEX ARGUMENTS...
	local like=$1
	shift
	run capture -w "$TMP/never.pcap" "$@"
	is "$STATUS" 2 "$*: ends with status 2"
	like "$(cat "$ERR")" "^skwatch: $like" "$*: tells why"
	[ ! -e "$TMP/never.pcap" ] || not_ok "$*: creates a file"
}
mistake '--pid: "0" is not the number of a process' --pid 0
mistake '--pid: "x" is not' --pid x
mistake '--pid 2147483647: no such process' --pid 2147483647
mistake '--comm: the name is empty' --comm ''
mistake '--cgroup nothing-here: no such cgroup' --cgroup nothing-here
mistake '--children are those of a process' --comm x --children
mistake '--owner-sockets is for a capture by owner' --owner-sockets 5
mistake '-r reads a file: --pid, --comm and --cgroup do not apply' -r x --pid 1

done_testing
