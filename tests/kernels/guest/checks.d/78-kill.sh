# SPDX-License-Identifier: BSD-2-Clause
# skwatch kill ends one connection of each kind, and its neighbours, the listener and the connections
# of the other namespace with the same ports stay.

two_hosts
for ns in a b; do
	n=$([ $ns = a ] && echo 1 || echo 2)
	ip -n $ns addr add 10.77.0.$n/24 dev wire
	ip -n $ns addr add fd77::$n/64 dev wire nodad
done

mkfifo tell told
on a conns hold v4 v6 mapped-server udp listen --peer b <tell >told &
conns_pid=$!
exec 7>tell 9<told
while read -r line <&9 && [ "$line" != ready ]; do
	echo "$line"
done >made
port() {
	sed -n "s/^$1 \([0-9]*\) .*/\1/p" made
}
listening() {
	on b cat /proc/net/tcp /proc/net/tcp6 | grep -c ' 0A '
}
listening >listening.before

rows() {
	skwatch top -b -n 1 -l --json --netns a -f 'state != time_wait' >rows 2>rows.said 7>&- 9<&-
}
end() {
	skwatch kill --netns a --json "$@" >ended 2>said 7>&- 9<&- </dev/null
}
check "the connections are there" rows
before=$(grep -c . rows)
end -f "lport = $(port v4)" || :
is "without a terminal and without --yes nothing is ended" "$(grep -c 'no terminal' said)" 1
# Listeners match by accident.
chosen="lport = $(port v4) or lport = $(port v6) or lport = $(port mapped-server) or lport = $(port udp)"
check "a connection of each kind is ended" end --yes -f "$chosen or not rport > 1"
is "there is an event for each" "$(grep -c '"type":"end"' ended) $(grep -c . ended)" "4 4"
is "of both families and protocols" "$(grep -o '"proto":"[a-z]*","family":"[a-z0-9]*"' ended | sort |
	uniq -c | tr -s ' \n' ' ')" \
	' 2 "proto":"tcp","family":"inet" 1 "proto":"tcp","family":"inet6" 1 "proto":"udp","family":"inet" '
is "the figures tell it" "$(grep -c '4 connections listed, 4 ended, 0 had gone, 0 failed' said)" 1
rows
is "they have gone, and nothing else" "$(grep -c . rows)" $((before - 4))
is "all listeners are there" "$(listening)" "$(cat listening.before)"
exec 7>&- 9<&-
wait $conns_pid || :
