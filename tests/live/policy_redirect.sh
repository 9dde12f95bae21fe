#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Connections are redirected to a proxy, which learns the destination, and so does the client.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need curl
A=skwt$$a
namespace "$A"
ip netns exec "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
cgroup
TOP=$CGROUP
mkdir "$TOP/client" "$TOP/proxy" || bail "no cgroups"
CALLS=(python3 "$srcdir/tests/live/policy_calls.py")

in_cgroup() { # DIRECTORY COMMAND...
	join_cgroup "$TOP/$1"
	shift
	nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" "$@"
}
policy() { # ARGUMENTS...
	launch "$A" policy --cgroup "$TOP/client" "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: judging ' && return
	not_ok "policy $* starts"
	exit 1
}
get() { in_cgroup "${2:-client}" curl -sS -m 20 "$1" 2>&1; }

join_cgroup "$TOP/proxy"
nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" "${CALLS[@]}" proxy 8081 8080 >"$TMP/proxy" &
STARTED+=($!)
wait_for_line "$TMP/proxy" $! ready || bail "no proxy"

policy --proxy-cgroup "$TOP/proxy" 'redirect connect tcp to 2001:db8::/32 port 80 via [::1]:8081' \
	'redirect connect tcp port 80,8000-8010 via 127.0.0.1:8080' \
	'redirect connect udp port 53 via 127.0.0.1:8053'
is "$(get http://192.0.2.7/)" "proxy for 192.0.2.7 80" "the client gets the proxy's answer, and the proxy the destination"
is "$(get http://192.0.2.8:8005/)" "proxy for 192.0.2.8 8005" "each connection has its own"
is "$(get 'http://[2001:db8::7]/')" "proxy for 2001:db8::7 80" "IPv6"
is "$(get 'http://[::ffff:192.0.2.9]/')" "proxy for 192.0.2.9 80" "IPv4 on a socket of IPv6"
is "$(get 'http://[2001:1::9]/')" "proxy for 2001:1::9 80" "IPv6 by a proxy of IPv4"
like "$(get http://127.0.0.1:8080/)" '^proxy for unknown$' "a direct connection has no original destination"
like "$(get http://192.0.2.7/ proxy)" '[Uu]nreachable|[Cc]ould' "another cgroup is not redirected"

# A port that is used again.
cat >"$TMP/again.py" <<'END'
import socket, struct, sys
sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
sock.bind(("127.0.0.1", 45007))
sock.connect((sys.argv[1], int(sys.argv[2])))
sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
print(sock.makefile().read().splitlines()[-1])
sock.close()
END
again() { in_cgroup "$1" python3 "$TMP/again.py" "$2" "$3" 2>&1; }
is "$(again client 192.0.2.7 80)" "proxy for 192.0.2.7 80" "a port is used"
is "$(again client 127.0.0.1 8080) $(again proxy 127.0.0.1 8080)" "proxy for unknown proxy for unknown" \
	"a direct connection from that port has no original destination, in the cgroup and outside"
is "$(again client 192.0.2.8 80)" "proxy for 192.0.2.8 80" "and another one that is redirected has its own"

# Many at once: each must have its own destination.
in_cgroup client python3 - <<'END' >"$TMP/many" 2>&1
import socket
socks = []
for i in range(200):
    sock = socket.socket()
    sock.connect(("198.51.100.%d" % i, 80))
    sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
    socks.append(sock)
wrong = 0
for i, sock in enumerate(socks):
    said = sock.makefile().read()
    wrong += "proxy for 198.51.100.%d 80\n" % i not in said
    sock.close()
print("wrong", wrong)
END
is "$(cat "$TMP/many")" "wrong 0" "200 connections at once: each proxy's answer is of its own destination"

# The client's view, and UDP.
in_cgroup client python3 - <<'END' >"$TMP/peers" 2>&1
import socket
def peer(sock, to):
    sock.connect(to)
    return "%s %d" % sock.getpeername()[:2]
print(peer(socket.socket(), ("192.0.2.7", 80)))
print(peer(socket.socket(socket.AF_INET6), ("2001:db8::7", 80)))
answer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
answer.bind(("127.0.0.1", 8053))
answer.settimeout(20)
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(peer(asker, ("192.0.2.53", 53)))
asker.settimeout(20)
asker.send(b"question")
data, sender = answer.recvfrom(100)
answer.sendto(b"answer", sender)
print(data.decode(), asker.recv(100).decode())
print(peer(asker, ("127.0.0.1", 8054)))
END
is "$(tr '\n' ';' <"$TMP/peers")" \
	"192.0.2.7 80;2001:db8::7 80;192.0.2.53 53;question answer;127.0.0.1 8054;" \
	"getpeername() tells the destination, also of UDP, and the real one after another connect()"
stop
is "$STATUS" 0 "it ends with status 0"
like "$(cat "$OUT")" ' redirect .*> 192.0.2.7:80 +call connect, protocol tcp, rule 2' "an event has the destination"
like "$(get http://192.0.2.7/)" '[Uu]nreachable|[Cc]ould' "nothing is redirected any more"
done_testing
