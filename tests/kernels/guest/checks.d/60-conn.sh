# SPDX-License-Identifier: BSD-2-Clause
# Connections: the sweep, owners and events. Features that the kernel lacks are reported, and their
# values are unknown.

case $(uname -r) in
5.* | 6.[0-9].*) old=yes ;; # neither callbacks for older connections nor single RTT samples
*) old=no ;;
esac

# The hosts also get the addresses that conns uses.
two_hosts
ip -n a addr add 10.77.0.1/24 dev wire
ip -n a addr add fd77::1/64 dev wire nodad
ip -n b addr add 10.77.0.2/24 dev wire
ip -n b addr add fd77::2/64 dev wire nodad

# has FILE WORD...: finds the lines that contain all of these words.
has() {
	cp "$1" has.found
	shift
	for word; do
		grep -F "$word" has.found >has.next || return 1
		mv has.next has.found
	done
}
# value NAME: prints a value from the first line that `has` found.
value() {
	sed -n "1s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" has.found
}
hasnt() {
	! has "$@"
}

# These connections, in the background, are older than skwatch. tell VERB makes them do something.
mkfifo tell told
on a conns hold v4 v6 mapped-server shared time-wait close-wait listen udp --peer b <tell >told &
conns_pid=$!
exec 7>tell 9<told
while read -r line <&9 && [ "$line" != ready ]; do
	echo "$line"
done >made
tell() {
	echo "$*" >&7
	read -r line <&9
}
port=$(sed -n 's/^v4 \([0-9]*\) .*/\1/p' made)

# ---- the sweep, and the owners of sockets ----

rows() {
	skwatch top -b -n 1 -l --json --netns a >rows.a 2>rows.said 7>&- 9<&-
	skwatch top -b -n 1 -l --json --netns b >rows.b 2>rows.said 7>&- 9<&-
}
check "skwatch top lists the connections of a namespace" rows
check "a connection is there" \
	has rows.a "\"local_port\":$port," '"remote_port":7001,' '"state":"ESTABLISHED"'
is "... with the kernel's RTT" "$(value srtt_us | grep -c '^[1-9][0-9]*$')" 1
is "... its congestion window" "$(value cwnd | grep -c '^[1-9][0-9]*$')" 1
is "... what was acknowledged" "$(value bytes_acked | grep -c '^[1-9][0-9]*$')" 1
is "... its congestion control" "$(value congestion)" \
	"$(on a cat /proc/sys/net/ipv4/tcp_congestion_control)"
is "... and its holder" "$(value comm)" conns
is "... as this namespace of processes knows it" \
	"$(cat "/proc/$(value pid)/comm" 2>&1)" conns
check "its other end is in the other namespace" \
	has rows.b '"local_port":7001,' "\"remote_port\":$port,"
check "IPv6 too" has rows.a '"family":"inet6"' '"remote_addr":"fd77::2"' '"state":"ESTABLISHED"'
check "an IPv4 client of an IPv6 server, as IPv4 with family inet6" \
	has rows.b '"family":"inet6","local_addr":"10.77.0.2"' '"state":"ESTABLISHED"'
check "all that hold a socket" has rows.b '"comm":"conns"},' '"comm":"conns-share"},' \
	'"comm":"conns-share"}]'
check "TIME_WAIT" has rows.a '"state":"TIME_WAIT"' '"timer":"timewait"'
is "... of which little is known" "$(value cwnd)$(value pid)" nullnull
check "CLOSE_WAIT" has rows.b '"state":"CLOSE_WAIT"'
check "a listener" has rows.b '"state":"LISTEN"' '"proto":"tcp"' '"comm":"conns"'
check "a UDP socket" has rows.a '"proto":"udp"' '"comm":"conns"'
is "... whose RTT is unknown" "$(value srtt_us)" null

# ---- events ----

# events_start ARGUMENT...: runs `skwatch events` in the background and returns when it watches.
# `await` reads its lines.
events_start() {
	rm -f talk printed lines said
	mkfifo talk printed
	: >lines
	: >said
	skwatch events --json "$@" 2>talk >printed 7>&- 9<&- &
	events_pid=$!
	exec 8<talk 6<printed
	while read -r line <&8; do
		echo "$line" >>said
		case $line in *watching*) return 0 ;; esac
	done
	return 1
}
# read_until WORD...: reads lines until one of them has all of these words, or none comes for a
# minute. No process is started for a line: on a busy machine that would take minutes.
read_until() {
	! has lines "$@" || return 0
	while read -r -t 60 line <&6; do
		echo "$line" >>lines
		for word; do
			case $line in *"$word"*) ;; *) continue 2 ;; esac
		done
		echo "$line" >has.found
		return 0
	done
	return 1
}
# await NAME WORD...: the same, with a result.
await() {
	await_name=$1
	shift
	if read_until "$@"; then
		ok "$await_name"
	else
		not_ok "$await_name" "no line with $*; there were: $(tail -n 20 lines)"
	fi
}
events_stop() {
	kill -TERM $events_pid
	cat <&6 >>lines
	cat <&8 >>said
	exec 6<&- 8<&-
	wait $events_pid
}

check "skwatch events starts" events_start --netns a -t connect,established,state,rtt,rto,retrans,close
if [ $old = no ]; then
	tell talk 5
	await "a connection that was open before gives RTT samples" \
		'"type":"rtt"' "\"local_port\":$port,"
	is "... with the time" "$(value rtt_us | grep -c '^[0-9]*$')" 1
	# Only tracing may be impossible.
	grep -v "can't be traced" said >said.other || :
	check "no feature is reported as missing" hasnt said.other "this kernel"
fi

on a conns short 1 --peer b --port 7101 --request 1000 --response 5000 </dev/null >short 7>&- 9<&-
await "a connection's begin" '"type":"connect"' '"remote_port":7101,'
is "... and who began it" "$(value comm)" conns
await "... its establishment" '"type":"established"' '"remote_port":7101,' '"direction":"out"'
await "... its states" '"type":"state"' '"remote_port":7101,' '"new_state":"ESTABLISHED"'
await "... its RTT" '"type":"rtt"' '"remote_port":7101,'
if [ $old = yes ]; then
	is "... of which single samples are unknown" "$(value rtt_us)" null
fi
await "... its end" '"type":"close"' '"remote_port":7101,'
is "... for the right reason" "$(value close_reason)" fin
is "... with all that was received, without the FIN" "$(value bytes_received)" 5000
is "... and how long it was open" "$(value age_us | grep -c '^[1-9][0-9]*$')" 1

# TCP considers frames to an address that no host has as lost.
lladdr=$(on b cat /sys/class/net/wire/address)
ip -n a neigh replace 10.77.0.2 lladdr 02:00:00:00:00:99 dev wire
timeouts() {
	on a awk '/^TcpExt:/ && !n++ { split($0, k) }
		/^TcpExt:/ { for (i in k) if (k[i] == "TCPTimeouts") v = $i }
		END { print v }' /proc/net/netstat
}
before=$(timeouts)
on a conns short 1 --peer b --port 7201 </dev/null >short.lost 2>&1 7>&- 9<&- &
short_pid=$!
await "a retransmission timeout" '"type":"rto"' '"remote_port":7201,'
is "... how long it was" "$(value rto_us)" 1000000
await "... and what was sent again" '"type":"retrans"' '"remote_port":7201,'
ip -n a neigh replace 10.77.0.2 lladdr "$lladdr" dev wire
await "the connection succeeds after all" '"type":"close"' '"remote_port":7201,'
wait $short_pid
is "... with as many timeouts as the namespace counted" "$(value rto_count)" \
	$(($(timeouts) - before))

check "skwatch events ends well" events_stop
check "no event was lost" grep -q '[^0-9]0 lost' said
if [ $old = yes ]; then
	is "the lack of callbacks for older connections is reported once" \
		"$(grep -c "can't give callbacks" said)" 1
	is "the lack of single RTT samples is reported once" \
		"$(grep -c 'does not report single RTT' said)" 1
	check "connections without callbacks have no events" \
		hasnt lines "\"local_port\":$port,"
	check "top shows such a connection" rows
	check "... its figures" has rows.a "\"local_port\":$port," '"retrans_segs":0'
	for name in last_rtt_us rtt_samples rtt_hist rto_count retrans_events; do
		is "... but $name as unknown" "$(value $name)" null
	done
fi
# ---- owners ----

# told FILE: reads the lines of conns, up to `ready`.
ends_of() {
	sed -n '/^ready$/q; p' "$1"
}
check "skwatch events starts again" events_start -t connect,established,retrans,close
on a conns owners all --peer b --port 7301 </dev/null >owners 7>&- 9<&-
ends_of owners >owners.told
is "four servers at the same port, and processes that fork" "$(wc -l <owners.told)" 19
while read -r kind client side pid; do
	port='"remote_port":'
	[ "$side" = in ] || port='"local_port":'
	# Quietly, as there are many.
	read_until '"type":"close"' "$port$client," "\"pid\":$pid," '"owner_source":"closer"' ||
		not_ok "$kind: $client is closed by $pid" "$(grep -F "$port$client," lines)"
done <owners.told
ok "each short connection is closed by its owner"
check "before, nobody is blamed" \
	has lines '"type":"established"' '"local_port":7301,' '"pid":null'
check "an only listener stands for what it accepts" \
	has lines '"type":"established"' '"local_port":7302,' '"owner_source":"listener"'

# ---- reasons ----

on a conns ends fin refused linger unread half half-shut unread-shut self refused-taken \
	--peer b --port 7401 </dev/null >ends 7>&- 9<&-
lladdr=$(on b cat /sys/class/net/wire/address)
ip -n a neigh replace 10.77.0.2 lladdr 02:00:00:00:00:99 dev wire
on a conns ends given-up killed --peer b --port 7401 </dev/null >ends.lost 7>&- 9<&-
ip -n a neigh replace 10.77.0.2 lladdr "$lladdr" dev wire
ends_of ends >ends.told
ends_of ends.lost >>ends.told
is "as many ends as were asked for" "$(wc -l <ends.told)" 11
while read -r kind port client server; do
	await "$kind: the client's end" '"type":"close"' "\"remote_port\":$port,"
	is "... is $client" "$(value close_reason)" "$client"
	[ "$server" != - ] || continue
	await "$kind: the server's end" '"type":"close"' "\"local_port\":$port," '"remote_addr":"'
	is "... is $server" "$(value close_reason)" "$server"
done <ends.told

# ---- what only tracing tells ----

if grep -q "can't be traced" said; then
	is "that functions can't be traced is reported once" "$(grep -c "can't be traced" said)" 1
else
	on a nc 192.0.2.1 80 </dev/null >nc.said 2>&1 || :
	await "a connect() that fails at once" '"type":"connect"' '"remote_addr":"192.0.2.1"'
	is "... with its error, ENETUNREACH" "$(value error)" 101
	is "... and who called it" "$(value comm)" nc
	is "... and no connection" "$(grep -c '"remote_addr":"192.0.2.1"' lines)" 1
fi
if grep -q 'no tracepoints' said; then
	is "that there are no tracepoints is reported once" "$(grep -c 'no tracepoints' said)" 1
else
	# The answers of the listener don't arrive, as frames to nobody.
	lladdr=$(on a cat /sys/class/net/wire/address)
	ip -n b neigh replace 10.77.0.1 lladdr 02:00:00:00:00:99 dev wire
	on a conns short 1 --peer b --port 7601 </dev/null >short.synack 2>&1 7>&- 9<&- &
	short_pid=$!
	await "a SYN-ACK that is sent again" '"type":"retrans"' '"state":"SYN_RECV"' '"local_port":7601,'
	is "... and whose listener it is" "$(value owner_source)" listener
	ip -n b neigh replace 10.77.0.1 lladdr "$lladdr" dev wire
	wait $short_pid
fi
check "skwatch events ends well again" events_stop
check "no event was lost again" grep -q '[^0-9]0 lost' said

exec 7>&- 9<&-
wait $conns_pid
[ "${SKW_ALONE:-}" != yes ] || check "no program and no map is left" left
