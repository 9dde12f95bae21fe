#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Records the samples of real traffic (recorded-*.pcap) between two network namespaces that are
# joined by a veth pair. The traffic comes from the kernel's TCP, ping, curl, openssl and a small
# DNS server, from redis and memcached. Needs root, tcpdump, iproute2, iputils-ping, curl, openssl,
# python3, nftables, redis-server, redis-tools, memcached and libmemcached-tools.
# Each run gives other bytes. The files in the repository come from one run.
set -eu

cd "$(dirname "$0")"
A=skw-record-a-$$ B=skw-record-b-$$
work=$(mktemp -d)
capture=

cleanup() {
	[ -z "$capture" ] || kill "$capture" 2>/dev/null || true
	for ns in "$A" "$B"; do
		ip netns pids "$ns" 2>/dev/null | xargs -r kill 2>/dev/null || true
		ip netns del "$ns" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT

a() { ip netns exec "$A" "$@"; }
b() { ip netns exec "$B" "$@"; }

ip netns add "$A"
ip netns add "$B"
ip -n "$A" link add eth0 address 02:00:0a:00:00:01 type veth \
	peer name eth0 address 02:00:0a:00:00:02 netns "$B"
for end in "$A 1" "$B 2"; do
	set -- $end
	ip -n "$1" link set lo up
	ip -n "$1" address add "10.0.0.$2/24" dev eth0
	ip -n "$1" address add "2001:db8::$2/64" dev eth0 nodad
	ip -n "$1" link set eth0 up
done

# wait_for COMMAND...: waits until the command succeeds, five seconds at most.
wait_for() {
	local end=$((SECONDS + 5))
	until "$@"; do
		[ $SECONDS -lt $end ] || { echo "record.sh: gave up waiting for: $*" >&2; exit 1; }
	done
}
listening() { b ss -Hln "$@" | grep -q .; }

# record NAME FILTER COMMAND...: runs the command while tcpdump records on A's interface.
record() {
	local name=$1 filter=$2
	shift 2
	# A ping of an odd size comes last. When its answer was recorded, everything else was.
	local mark='icmp and ip[2:2] = 45'
	ip netns exec "$A" tcpdump -i eth0 -U -s 2048 -w "$work/$name" "($filter) or ($mark)" \
		2>"$work/log" &
	capture=$!
	wait_for grep -q 'listening on' "$work/log"
	"$@" || true
	a ping -c 1 -q -s 17 10.0.0.2 >/dev/null
	wait_for sh -c "tcpdump -nr '$work/$name' '$mark' 2>/dev/null | grep -q reply"
	kill "$capture"
	wait "$capture" || true
	capture=
	tcpdump -r "$work/$name" -w "recorded-$name.pcap" "not ($mark)" 2>/dev/null
	chown --reference=. "recorded-$name.pcap"
	chmod 644 "recorded-$name.pcap"
}

record ping 'icmp or icmp6' sh -c "
	ip netns exec $A ping -c 2 -i 0.2 10.0.0.2; ip netns exec $A ping -c 2 -i 0.2 2001:db8::2" >/dev/null

mkdir "$work/www"
echo '<html><body>It works.</body></html>' >"$work/www/index.html"
b python3 -m http.server -d "$work/www" --bind :: 80 >/dev/null 2>&1 &
wait_for listening '( sport = :80 )'
record http 'tcp port 80' sh -c "
	ip netns exec $A curl -sS http://10.0.0.2/ -o /dev/null
	ip netns exec $A curl -sS -g 'http://[2001:db8::2]/missing' -o /dev/null"
record tcp-refused 'tcp' a curl -sS http://10.0.0.2:81/ 2>/dev/null

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 \
	-subj /CN=www.example.com -keyout "$work/key" -out "$work/cert" 2>/dev/null
b openssl s_server -accept 443 -key "$work/key" -cert "$work/cert" -www -quiet >/dev/null 2>&1 &
wait_for listening '( sport = :443 )'
for version in 1_2 1_3; do
	record tls-$version 'tcp port 443' sh -c "
		printf 'GET / HTTP/1.0\r\n\r\n' | ip netns exec $A openssl s_client -connect 10.0.0.2:443 \
			-servername www.example.com -tls$version -quiet -no_ign_eof" >/dev/null 2>&1
done

# On port 6379 tcpdump would print the commands.
b redis-server --port 6380 --bind 10.0.0.2 --protected-mode no --save '' --dir "$work" >/dev/null &
wait_for listening '( sport = :6380 )'
record redis 'tcp port 6380' sh -c "
	(sleep 1; ip netns exec $A redis-cli -h 10.0.0.2 -p 6380 publish planted-channel planted-message) &
	timeout 2 ip netns exec $A redis-cli -h 10.0.0.2 -p 6380 subscribe planted-channel other
	for command in 'set planted-key planted-value' 'get planted-key' 'get missing' \\
		'incr planted-key' 'planted+command' 'hset planted-hash field 1 other 2' \\
		'hgetall planted-hash' 'config get maxmemory' 'client list' 'auth planted-password'; do
		ip netns exec $A redis-cli -3 -h 10.0.0.2 -p 6380 \$command
	done
	ip netns exec $A redis-benchmark -h 10.0.0.2 -p 6380 -c 1 -n 3 -P 3 -q -t set,get
	ip netns exec $A bash -c '
		exec 3<>/dev/tcp/10.0.0.2/6380
		printf \"multi\r\nlpush planted-list 1 2\r\nlrange planted-list 0 -1\r\nexec\r\nquit\r\n\" >&3
		cat <&3'
	wait" >/dev/null

echo planted-value >"$work/planted-key"
b memcached -u nobody -l 10.0.0.2 &
wait_for listening '( sport = :11211 )'
record memcached 'tcp port 11211' sh -c "
	cd $work
	ip netns exec $A memccp --servers=10.0.0.2 planted-key
	ip netns exec $A memccat --servers=10.0.0.2 planted-key missing
	ip netns exec $A memcrm --servers=10.0.0.2 planted-key
	ip netns exec $A memcrm --servers=10.0.0.2 planted-key
	ip netns exec $A bash -c '
		exec 3<>/dev/tcp/10.0.0.2/11211
		say() { printf \"\$1\r\n\" | dd bs=1000 iflag=fullblock >&3; sleep 0.05; }
		say \"ms planted-key 2 T0\r\nab\"
		say \"mg planted-key t v\r\nmg missing v\"
		say \"mg planted-key v q\r\nmg missing v q\r\nmn\"
		say \"set planted 0 0 1 noreply\r\nx\"
		say \"gets planted planted-key\"
		say \"incr planted 1\"
		say \"planted command\"
		say \"quit\"
		cat <&3'" >/dev/null 2>&1

b openssl s_server -accept 8443 -key "$work/key" -cert "$work/cert" -quiet -alpn h2,http/1.1 \
	-cipher DEFAULT:@SECLEVEL=0 -groups P-384 >/dev/null 2>&1 &
wait_for listening '( sport = :8443 )'
tls() {
	printf 'x' | a openssl s_client -connect 10.0.0.2:8443 -quiet "$@" >/dev/null 2>&1 &
	sleep 0.3
	kill $! 2>/dev/null || true
}
tls_handshakes() {
	tls -servername one.example.com -alpn h2 -tls1_2
	tls -servername retry.example.com -groups X25519:P-384
	tls -noservername -groups P-384
	tls -servername refused.example.com -groups X25519
	tls -servername doubt.example.com -verify_return_error -tls1_2
}
record tls-handshakes 'tcp port 8443' tls_handshakes

cat >"$work/dns.py" <<'EOF'
import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 53))
while True:
    query, peer = s.recvfrom(4096)
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack(">H", query[end - 4 : end - 2])[0]
    data = {1: bytes([192, 0, 2, 1]), 28: socket.inet_pton(socket.AF_INET6, "2001:db8::80")}.get(kind)
    answer = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data if data else b""
    head = struct.pack(">HHHHHH", struct.unpack(">H", query[:2])[0], 0x8180, 1, bool(data), 0, 0)
    s.sendto(head + query[12:end] + answer, peer)
EOF
b python3 "$work/dns.py" &
wait_for listening -u '( sport = :53 )'
mkdir -p "/etc/netns/$A"
printf 'nameserver 10.0.0.2\n' >"/etc/netns/$A/resolv.conf"
record dns 'udp port 53' a python3 -c '
import socket
socket.getaddrinfo("www.example.com", 80, proto=socket.IPPROTO_TCP)' >/dev/null
rm -r "/etc/netns/$A"

# To make losses, every seventh segment with data is dropped on arrival, after its capture.
b nft -f - <<'EOF'
table inet loss {
	chain in {
		type filter hook input priority 0;
		tcp dport 9000 tcp flags & (psh | ack) == ack ip length > 500 numgen inc mod 7 == 3 drop
	}
}
EOF
b python3 -c '
import socket
s = socket.create_server(("10.0.0.2", 9000))
c, _ = s.accept()
while c.recv(65536):
    pass' &
wait_for listening '( sport = :9000 )'
ip netns exec "$A" ethtool -K eth0 tso off gso off >/dev/null 2>&1 || true
record tcp-retransmissions 'tcp port 9000' a python3 -c '
import socket
s = socket.create_connection(("10.0.0.2", 9000))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
s.sendall(bytes(12000))'

b python3 -c '
import socket
s = socket.create_server(("10.0.0.2", 9001))
c, _ = s.accept()
while c.recv(65536):
    pass' &
wait_for listening '( sport = :9001 )'
record tcp-urgent 'tcp port 9001' a python3 -c '
import socket
s = socket.create_connection(("10.0.0.2", 9001))
s.send(b"in line")
s.send(b"!", socket.MSG_OOB)
s.send(b"and on")'

record unreachable 'icmp or icmp6 or udp port 9' sh -c "
	ip netns exec $A python3 -c '
import socket
for family, addr in ((socket.AF_INET, \"10.0.0.2\"), (socket.AF_INET6, \"2001:db8::2\")):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.connect((addr, 9))
    s.send(b\"anybody there?\")
    try:
        s.recv(1)
    except ConnectionRefusedError:
        pass'"
