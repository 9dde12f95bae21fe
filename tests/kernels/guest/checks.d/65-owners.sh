# SPDX-License-Identifier: BSD-2-Clause
# Lines tell the process at both ends of a short connection, from the SYN on, and that of a short
# socket of UDP.

two_hosts
for ns in a b; do
	n=$([ $ns = a ] && echo 1 || echo 2)
	ip -n $ns addr add 10.77.0.$n/24 dev wire
done

# owned FILTER REGEX: all lines with this word are like that, and there are some.
owned() {
	grep -- "$1" lines >some || return 1
	! grep -Ev -- "$2" some
}

capture_start a -i wire --owner ip
on a conns short 3 --peer b --port 7101 </dev/null >short 8<&-
# No server answers, but the question is sent.
on a nslookup -timeout=1 name.test 10.77.0.2 </dev/null >nslookup 2>&1 8<&- || :
check "a capture with owners ends well" capture_stop
number='\[[0-9]+\]'
check "each packet of a connection has both ends" owned '7101.* Flags \[[^S]' \
	"  (conns$number > conns(-server)?$number|conns(-server)?$number > conns$number)\$"
check "the answer to a SYN, too" owned 'Flags \[S\.\]' \
	"  conns(-server)?$number > conns$number\$"
# An emulated machine may take longer to answer a SYN than the SYN waits for its owner.
check "a SYN has its sender" owned 'Flags \[S\]' "  conns$number( > conns(-server)?$number)?\$"
check "a packet of UDP has its process" owned '> 10.77.0.2.53: ' "  nslookup$number\$"
if ! grep -q 'ICMP.* unreachable' lines; then
	not_ok "an error is answered" "$(cat lines)"
fi
check "an error has the process of the packet that it quotes" owned 'ICMP.* unreachable' \
	"  nslookup$number\$"

# A recording that begins before the trouble.
capture_start a -i wire -w why.pcapng --on refused --pre 5s --post 1s
on a nc 10.77.0.2 9 </dev/null >nc.said 2>&1 8<&- || :
check "a capture with a trigger ends well" capture_stop
check "a refused connection is the trigger" \
	grep '^skwatch: 1 trigger: 2 packets and [0-9]* events around it recorded$' said
