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
on a conns hold v4 v6 mapped-server udp-connected listen --peer b <tell >told &
conns_pid=$!
exec 7>tell 9<told
while read -r line <&9 && [ "$line" != ready ]; do
	echo "$line"
done >made
port() {
	sed -n "s/^$1 \([0-9]*\) .*/\1/p" made
}
# count NS STATE: how many sockets of TCP and UDP have that state, as a number.
count() {
	on $1 cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 | grep -c " $2 [0-9A-F]*:[0-9A-F]* "
}
opened=$(count a 01)
listening=$(count b 0A)
end() {
	skwatch kill --netns a --json "$@" >ended 2>said 7>&- 9<&- </dev/null
}
end -f "lport = $(port v4)" || :
is "without a terminal and without --yes nothing is ended" "$(grep -c 'no terminal' said)" 1
# Listeners match by accident.
chosen="lport = $(port v4) or lport = $(port v6) or lport = $(port mapped-server) or
	proto = udp and family = inet and rport > 1"
check "a connection of each kind is ended" end --yes -f "$chosen or not rport > 1"
is "there is an event for each" "$(grep -c '"type":"end"' ended) $(grep -c . ended)" "4 4"
is "of both families and protocols" "$(grep -o '"proto":"[a-z]*","family":"[a-z0-9]*"' ended | sort |
	uniq -c | tr -s ' \n' ' ')" \
	' 2 "proto":"tcp","family":"inet" 1 "proto":"tcp","family":"inet6" 1 "proto":"udp","family":"inet" '
is "the figures tell it" "$(grep -c '4 connections listed, 4 ended, 0 had gone, 0 failed' said)" 1
is "they have gone, and nothing else" "$(count a 01)" $((opened - 4))
is "all listeners are there" "$(count b 0A)" "$listening"
exec 7>&- 9<&-
wait $conns_pid || :
