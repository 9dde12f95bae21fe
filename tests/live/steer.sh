#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# steer: one server has the connections to many ports and prefixes, as long as the command runs.
. "${srcdir:?}/tests/live/lib.sh"
. "${srcdir:?}/tests/live/lib_servers.sh"
need_servers
need nmap
host
# listed NMAP-ARGUMENT...: the open ports that nmap finds by connecting.
listed() {
	inside "$A" nmap -n -Pn -sT --send-ip -oG - "$@" 2>&1 |
		grep -o '[0-9]*/open/tcp' | cut -d / -f 1 | paste -sd ' '
}
bpffs
serve "$A" A 0.0.0.0 7777
four=$SERVER

skw steer --dry-run --to "$four:7777" 7 77
is "$STATUS" 0 "dry run: ends with status 0"
like "$(cat "$ERR")" "would steer TCP 77 to \*:7777 \(server\[$four\]\)" "dry run: tells"
is "$(ask "$A" 127.0.0.1 7)" ECONNREFUSED "dry run: and does nothing"

# Ports, prefixes, figures and events.
steers --to "$four:7777" 7,77,777 '192.0.2.0/24:*' 127.0.0.2:3000-3007
is "$(open_ports "$A" 127.0.0.1 1 1000)" "7 77 777" "ports: these answer and no others"
is "$(ask "$A" 127.0.0.1 7 77 777)" "A 7 A 77 A 777" "ports: the server learns which was asked"
is "$(ask "$A" 192.0.2.1 1 9999 65535)" "A 1 A 9999 A 65535" "prefix: all ports"
is "$(ask "$A" 192.0.2.254 4242)" "A 4242" "prefix: the last address"
is "$(ask "$A" 127.0.0.2 2999 3000 3007 3008)" "ECONNREFUSED A 3000 A 3007 ECONNREFUSED" "range"
is "$(ask "$A" ::1 7)" ECONNREFUSED "no IPv6 without a socket for it"
is "$(awk '/^CapEff/ { print $2 }' "/proc/$PID/status")" 0000000000000000 "no capability is left"
is "$(find "/proc/$PID/fd" -lname 'socket:*' | wc -l)" 0 "the server's socket is not held"
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" 'skwatch: 12 connections steered' "the figure is exact"
is "$(grep -c ' steer ' "$OUT")" 12 "an event for each"
like "$(grep ':4242 ' "$OUT")" '192\.0\.2\.254:4242 +< .* rule 192\.0\.2\.0/24:\*, to' "with both ends"
is "$(ask "$A" 127.0.0.1 7)" ECONNREFUSED "nothing is left"

# nmap closes its connections by a reset, which may come before the server has taken them.
steers --to "$four:7777" 7,77,777 '192.0.2.0/24:*'
is "$(listed -p 1-1000 127.0.0.1)" "7 77 777" "ports: nmap lists them"
is "$(listed -p 4242 192.0.2.0/24 | wc -w)" 256 "prefix: nmap lists each address"
stop

# JSON, and -c.
steers --to "$four:7777" --json -c 2 7
ask "$A" 127.0.0.1 7 7 >/dev/null
finish
is "$(python3 -c 'import json, sys
for line in sys.stdin:
    e = json.loads(line)
    print(e["type"], e["rule"], e["local_port"], e["proto"], end=" ")' <"$OUT")" \
	"steer 7 7 tcp steer 7 7 tcp " "json: one object for each event, and -c ends it"

# More events than a second may have: all are steered, and the rest is counted.
steers --to "$four:7777" 7
load "$A" 127.0.0.1 7 3000 4
stop
like "$(cat "$TMP/load")" 'answered=3000 refused=0 reset=0 other=0' "load: all are answered"
told=$(grep -c ' steer ' "$OUT")
lost=$(sed -n 's/^skwatch: \([0-9]*\) events were not told.*/\1/p' "$ERR")
is "$((told + ${lost:-0}))" 3000 "load: events told and lost are all"

# IPv6 and dual-stack.
serve "$A" B :: 7778
dual=$SERVER
steers --to "$dual:7778" '[fd77::/64]:*' 80
is "$(listed -6 -p 79-81 ::1) $(listed -6 -p 443 fd77::5)" "80 443" "IPv6: nmap lists them"
is "$(ask "$A" fd77::5 443) $(ask "$A" ::1 80) $(ask "$A" 127.0.0.1 80)" "B 443 B 80 B 80" \
	"dual-stack: one socket has both"
stop
serve "$A" C :: 7779 v6only
only=$SERVER
refused 'no socket that takes IPv4' "v6only" steer --to "$only:7779" 192.0.2.0/24:80
steers --to "$only:7779" 80
is "$(ask "$A" ::1 80) $(ask "$A" 127.0.0.1 80)" "C 80 ECONNREFUSED" "v6only: IPv6 only"
stop

# Two ports of one reuseport group.
serve "$A" E 127.0.0.1 7780 reuseport
one=$SERVER
serve "$A" F 127.0.0.1 7780 reuseport
steers --to "$one:7780" 86
# shellcheck disable=SC2046
is "$(ask "$A" 127.0.0.1 $(yes 86 | head -n 60) | tr -d '0-9 ' | fold -w1 | sort -u | paste -sd' ')" \
	"E F" "reuseport: the kernel spreads over the group"
like "$(cat "$ERR")" 'warning: the server listens on 127.0.0.1:7780 only' "loopback: is warned of"
stop
steers --to "$one:7780" 127.0.0.0/8:86
is "$(grep -c warning "$ERR")" 0 "loopback: not where it stays one"
stop

# A listener on the steered port, and what happens when the steered server dies.
serve "$A" R 0.0.0.0 8077
steers --to "$four:7777" 8077
like "$(cat "$ERR")" 'warning: another socket listens on \*:8077' "overruled: is warned of"
is "$(ask "$A" 127.0.0.1 8077)" "A 8077" "overruled: the steered server answers"
die "$four"
is "$(ask "$A" 127.0.0.1 7777)" ECONNREFUSED "dead: its own port is closed"
is "$(ask "$A" 127.0.0.1 8077)" "R 8077" "dead: the other listener answers again"
stop
like "$(cat "$ERR")" '1 not steered, as the server was not there' "dead: is counted"

# --follow: the next server has the same port, or another one in the same cgroup.
serve "$A" A 0.0.0.0 7777
four=$SERVER
steers --follow --to "$four:7777" 7
die "$four"
wait_for_line "$OUT" "$PID" ' lost .*\*:7777' && ok "follow: the loss is told"
serve "$A" B 0.0.0.0 7777
began=$(date +%s%N)
wait_for_line "$OUT" "$PID" " register .*\\*:7777 .*process $SERVER" && ok "follow: the new server is told"
took=$((($(date +%s%N) - began) / 1000000))
echo "# registered after $took ms"
is "$(ask "$A" 127.0.0.1 7)" "B 7" "follow: and it answers"
die "$SERVER"
wait_for_lines "$OUT" "$PID" 2 ' lost '
serve "$A" D 0.0.0.0 7797
wait_for_lines "$OUT" "$PID" 2 ' register '
is "$(ask "$A" 127.0.0.1 7)" "D 7" "follow: also with another port, by name and cgroup"
four=$SERVER
stop

# The others of a reuseport group take over, one after the other.
for name in G H I; do
	serve "$A" $name 127.0.0.1 7798 reuseport
	eval "$name=$SERVER"
done
steers --follow --to "$G:7798" 87
die "$G"
wait_for_lines "$OUT" "$PID" 1 ' register '
next=$(sed -n 's/.* register .*process \([0-9]*\).*/\1/p' "$OUT")
like " $H $I " " $next " "follow: another member of the group takes over"
die "$next"
wait_for_lines "$OUT" "$PID" 2 ' register ' && ok "follow: and then the last one"
like "$(ask "$A" 127.0.0.1 87)" '^[HI] 87$' "follow: which answers"
stop
[ "$next" = "$H" ] && die "$I" || die "$H"

# UDP.
serve "$A" U 0.0.0.0 5300 udp
udp=$SERVER
refused 'answer from its own port' "udp: translation" steer --udp --to "$udp:5300" 53
steers --udp --to "$udp:5300" 192.0.2.0/24:5300
is "$(ask "$A" udp 192.0.2.9 5300)" "U 5300" "udp: the same port"
stop
like "$(cat "$ERR")" '1 datagram steered' "udp: is counted"
steers --udp --udp-same-port --to "$udp:5300" 53
stop

# Another program is first in line.
serve "$A" X 0.0.0.0 7790
first=$SERVER
steers --to "$first:7790" 7
first_pid=$PID
steers --to "$four:7797" 7 8
like "$(cat "$ERR")" 'warning: another program, skw_steer \(id [0-9]+\), .*chooses first' \
	"two: the second names the first"
is "$(ask "$A" 127.0.0.1 7 8)" "X 7 D 8" "two: the first one decides, the second has the rest"
stop
like "$(cat "$ERR")" '1 taken by another program first' "two: what the first took is counted"
PID=$first_pid
stop

# A service manager passes the socket.
inside "$A" bash -c 'exec python3 -c "
import os, socket, sys
s = socket.create_server((\"127.0.0.1\", 7799)); os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
os.environ[\"LISTEN_PID\"] = str(os.getpid()); os.environ[\"LISTEN_FDS\"] = \"1\"
os.execv(sys.argv[1], sys.argv[1:])" "$@"' - "$SKWATCH" steer --dry-run --to listen-fds \
	127.0.0.1:7 2>"$TMP/passed"
like "$(cat "$TMP/passed")" 'would steer TCP 127.0.0.1/32:7 to 127.0.0.1:7799' "listen-fds: is understood"

# These are refused.
if serve "$A" M 0.0.0.0 7791 mptcp; then
	refused 'MPTCP' "mptcp" steer --to "$SERVER:fd:$(fd_of_server)" 7
fi
refused 'no TCP listener on port 9999' "no listener" steer --to "$four:9999" 7
refused 'no process 4194305' "no process" steer --to 4194305:1 7
refused 'write PID:PORT' "nonsense" steer --to nonsense 7
refused 'no descriptors were passed' "listen-fds without any" steer --to listen-fds 7
refused 'needs PORTS' "no ports" steer --to "$four:7797"
refused 'overlaps with 7' "overlap" steer --to "$four:7797" 7 5-8
refused 'bits behind its prefix' "host bits" steer --to "$four:7797" 192.0.2.1/24:7
refused 'write \[ADDRESS\]:PORTS' "IPv6 without brackets" steer --to "$four:7797" fe80::1:7
refused 'a port is a number' "port 0" steer --to "$four:7797" 0
refused 'not in a BPF file system' "no bpffs" steer --bpffs "$TMP" --pin x --to "$four:7797" 7
run steer --to "$four:7797" 7
is "$STATUS" 2 "another namespace: status 2"
like "$(cat "$ERR")" 'in another network namespace' "another namespace: and says why"

# SIGKILL at any moment: nothing is left.
# With --follow a second process has the program, and ends after the first.
is_closed() { [ "$(ask "$A" 127.0.0.1 7)" = ECONNREFUSED ]; }
left=0
for ((i = 0; i < 20; i++)); do
	follow=()
	[ $((i % 3)) -ne 0 ] || follow=(--follow)
	launch "$A" steer "${follow[@]}" --to "$four:7797" 7
	[ $((i % 2)) -eq 0 ] || wait_for_line "$ERR" "$PID" '^skwatch: steering '
	a_moment
	die "$PID"
	becomes is_closed || left=$((left + 1))
done
becomes eval "! pgrep -f \"steer .*--to $four:7797\" >/dev/null" && ok "SIGKILL: no process is left"
is "$left" 0 "SIGKILL: the port is closed, 20 of 20 times"

done_testing
