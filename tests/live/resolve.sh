#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# capture --resolve: names from a private /etc/hosts, live and from files; a name server that never
# answers holds nothing up; hostile names are not printed; the process for names has no privileges.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" -eq 0 ]; then
	exec env PRIVATE=1 unshare --mount --propagation private bash "$0"
fi
. "${srcdir:?}/tests/live/lib.sh"
need root
pair
six

printf '10.77.0.1 alpha.example\n10.77.0.2 beta.example\nfd77::1 alpha6.example
fd77::2 beta6.example\n10.77.0.3 \033[31mred\n10.77.0.4 10.9.9.9\n' >"$TMP/hosts"
printf 'skwport 7777/udp\n' >"$TMP/services"
printf 'hosts: files dns\nservices: files\n' >"$TMP/nsswitch.conf"
# No host answers there, and the look-up takes longer than the patience of this test.
printf 'nameserver 10.77.0.99\noptions timeout:30 attempts:5\n' >"$TMP/resolv.conf"
for file in hosts services nsswitch.conf resolv.conf; do
	: >>"/etc/$file"
	mount --bind "$TMP/$file" "$(realpath "/etc/$file")" || skip_all "/etc/$file can't be replaced"
done
for i in 3 4 50 51 99; do
	ip -n "$A" neigh replace "10.77.0.$i" lladdr 02:00:00:00:00:02 dev eth0
done

say() { # ADDRESS: sends it a datagram
	inside "$A" bash -c 'echo x >"/dev/udp/$1/7777"' _ "$1" || bail "no packet to $1"
}
said_again() { # ADDRESS REGEX: sends packets until a line is like that
	say "$1"
	grep -Eq -- "$2" "$OUT"
}
resolver() { # the process id of the process for names
	local pid
	for pid in $(ip netns pids "$A"); do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "skwatch: names" ] && echo "$pid"
	done
}
all_gone() { [ -z "$(ip netns pids "$A")" ]; }

filter='udp port 7777 and not icmp'
start "$A" capture -i eth0 --resolve "$filter or udp port 53"
say 10.77.0.2
wait_for_line "$OUT" "$PID" '.'
like "$(head -n 1 "$OUT")" 'IP 10\.77\.0\.1\.[0-9]+ > 10\.77\.0\.2\.skwport: UDP' \
	"a line does not wait for names, and ports have theirs at once"
check "names of IPv4 addresses appear" \
	becomes said_again 10.77.0.2 'IP alpha\.example\.[0-9]+ > beta\.example\.skwport: UDP'
check "names of IPv6 addresses appear" \
	becomes said_again fd77::2 'IP6 alpha6\.example\.[0-9]+ > beta6\.example\.skwport: UDP'
R=$(resolver)
isnt "$R" "" "a process looks names up"
like "$(cat "/proc/$R/status")" '^CapEff:	0+$' "it has no capability"
like "$(cat "/proc/$R/status")" '^CapBnd:	0+$' "it can get none"
like "$(cat "/proc/$R/status")" '^NoNewPrivs:	1$' "it can get no privileges"
is "$(stat -c %U "/proc/$R/status")$(sed -n 's/^Uid:	\([0-9]*\).*/ \1/p' "/proc/$R/status")" \
	"root $(sed -n 's/^Uid:	\([0-9]*\).*/\1/p' "/proc/$PID/status")" \
	"it is the user of the worker, and not dumpable"
is "$(readlink "/proc/$R/fd/"* | sed 's/:.*//' | sort | uniq -c | xargs)" "3 /dev/null 1 socket" \
	"it has no descriptor but its socket"
say 10.77.0.50
check "the name server is asked" wait_for_line "$OUT" "$PID" '> 10\.77\.0\.99\.53: '
say 10.77.0.51
check "a name server that hangs holds no line up" \
	wait_for_line "$OUT" "$PID" 'alpha\.example\.[0-9]+ > 10\.77\.0\.51\.skwport'
stop
is "$STATUS" 0 "it does not hold the end up"
check "no process stays" becomes all_gone

start "$A" capture -i eth0 -w "$TMP/x.pcap" "$filter"
for i in 2 3 4; do say "10.77.0.$i"; done
stop
is "$(figure captured)" 3 "there is a file"
run capture --resolve -t -r "$TMP/x.pcap"
is "$STATUS $(sed 's/example\.[0-9]*/example.N/; s/: UDP.*//' "$OUT" | xargs)" \
	"0 IP alpha.example.N > beta.example.skwport IP alpha.example.N > 10.77.0.3.skwport $(
	)IP alpha.example.N > 10.77.0.4.skwport" \
	"lines of a file wait for names; a hostile name and one like an address are none"
run capture --resolve -N -t -c 1 -r "$TMP/x.pcap"
like "$(cat "$OUT")" '^IP alpha\.[0-9]+ > beta\.skwport: UDP' "-N: without domains"
run capture -n -t -c 1 -r "$TMP/x.pcap"
like "$(cat "$OUT")" '^IP 10\.77\.0\.1\.[0-9]+ > 10\.77\.0\.2\.7777: UDP' "-n: numbers"
run capture --resolve -n -r "$TMP/x.pcap"
is "$STATUS $(cat "$OUT")" "2 " "--resolve and -n contradict each other"

start "$A" capture -i eth0 -w "$TMP/y.pcap" "$filter"
for i in 50 51 2; do say "10.77.0.$i"; done
stop
launch "$A" capture --resolve -t -r "$TMP/y.pcap"
finish
is "$STATUS $(lines_like "$OUT" '> 10\.77\.0\.(50|51|2)\.skwport')" "0 3" \
	"a name server that hangs does not stop the reading of a file"

start "$A" capture -i eth0 --resolve "$filter"
kill -KILL "$(resolver)"
check "the end of the process for names is told" wait_for_line "$ERR" "$PID" 'names has ended'
say 10.77.0.2
check "lines have numbers then" wait_for_line "$OUT" "$PID" '10\.77\.0\.2\.skwport'
stop
is "$STATUS" 0 "that is no failure"

start "$A" capture -i eth0 --resolve "$filter"
say 10.77.0.50
wait_for_line "$OUT" "$PID" '10\.77\.0\.50'
stop KILL
check "a killed worker leaves no process" becomes all_gone
done_testing
