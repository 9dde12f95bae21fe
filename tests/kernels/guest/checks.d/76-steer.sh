# SPDX-License-Identifier: BSD-2-Clause
# steer and adopt: one socket has many ports, a pinned steering is changed and repaired, and a new
# server takes the sockets of a running one.

# serve_start NAME ADDRESS PORT [WORD...]: a server in the namespace a; $server is its process.
serve_start() {
	rm -f told
	mkfifo told
	/bin/ip netns exec a server serve "$@" >told 2>&1 &
	server=$!
	exec 6<told
	read -r said <&6
	case $said in
	ready*) ;;
	*) not_ok "serve $*" "$said" ;;
	esac
}
ask() {
	on a server ask "$@" | cut -d' ' -f3- | tr '\n' ' '
}
# steer_start ARGUMENT...: runs `skwatch steer` and returns when it steers; $steer is its process.
steer_start() {
	rm -f talk said
	: >said
	mkfifo talk
	/bin/ip netns exec a skwatch steer "$@" 2>talk >lines &
	steer=$!
	exec 8<talk
	while read -r line <&8; do
		echo "$line" >>said
		case $line in
		*"skwatch: steering"* | *"skwatch: following"*) return ;;
		esac
	done
	not_ok "steer $*" "$(cat said)"
}
steer_stop() {
	kill -INT $steer
	cat <&8 >>said
	exec 8<&-
	wait $steer || true
}
# gone PID: kills a server.
gone() {
	kill -KILL "$1"
	wait "$1" || true
}

two_hosts
ip -n a route add local 192.0.2.0/24 dev lo
mkdir bpf
mount -t bpf none bpf
pins=--bpffs=$PWD/bpf/pins

serve_start A :: 7777
steer_start --to $server:7777 7,77,777 '192.0.2.0/24:*'
is "ports" "$(ask 127.0.0.1 7 77 777 78)" "A 7 A 77 A 777 ECONNREFUSED "
is "a prefix" "$(ask 192.0.2.7 4242)" "A 4242 "
is "IPv6" "$(ask ::1 77)" "A 77 "
steer_stop
check "the figure is exact" grep -q "5 connections steered" said
is "events" "$(grep -c ' steer ' lines)" 5
steer_start --to $server:7777 7
gone $steer
exec 8<&-
is "SIGKILL leaves nothing" "$(ask 127.0.0.1 7)" "ECONNREFUSED "

on a skwatch steer $pins --pin web --to $server:7777 7 2>said || not_ok "pin" "$(cat said)"
on a skwatch steer $pins web add 80 2>said || not_ok "add" "$(cat said)"
is "pinned, and one more" "$(ask 127.0.0.1 7 80)" "A 7 A 80 "
on a skwatch steer $pins web remove 7 2>said || not_ok "remove" "$(cat said)"
is "and one less" "$(ask 127.0.0.1 7 80)" "ECONNREFUSED A 80 "
gone $server
serve_start B :: 7777
check "repair" skwatch list $pins --repair
is "the restarted server answers" "$(ask 127.0.0.1 80)" "B 80 "
on a skwatch detach $pins web 2>said || not_ok "detach" "$(cat said)"
is "detached" "$(ask 127.0.0.1 80)" "ECONNREFUSED "
umount bpf

if /bin/ip netns exec a server serve M 0.0.0.0 7801 mptcp >told.mptcp 2>&1 & then
	mptcp=$!
	while [ ! -s told.mptcp ]; do usleep 10000; done
	if grep -q ^ready told.mptcp; then
		fd=$(sed -n 's/^ready \([0-9]*\).*/\1/p' told.mptcp)
		on a skwatch steer --to $mptcp:fd:$fd 7 2>said || true
		check "MPTCP is refused" grep -q MPTCP said
		gone $mptcp
	fi
fi

old=$server
rm -f told
mkfifo told
/bin/ip netns exec a skwatch adopt --from $old:7777 --stop TERM -- server serve C - - epoll \
	>told 2>said &
server=$!
exec 5<told
read -r line <&5
is "adopt" "$line" "ready 3 7777"
wait $old || true
is "the new server answers" "$(ask 127.0.0.1 7777)" "C 7777 "
gone $server
