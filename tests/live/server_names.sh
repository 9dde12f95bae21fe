#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Names that this host has asked for: a small DNS server in another namespace, answers that nobody
# has asked for, and a TLS ClientHello.
. "${srcdir:?}/tests/live/lib.sh"
need root python3
pair

# It answers with two forged messages first: one with another number, one of another name.
cat >"$TMP/server.py" <<'PY'
import socket, sys, threading
def answer(q, address, name=None):
    name = name or q[12:-4]
    return q[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + name + q[-4:] + name + \
        q[-4:] + b"\0\0\0\1\0\4" + socket.inet_aton(address)
def dns(s):
    while True:
        q, client = s.recvfrom(512)
        if len(q) < 20:  # "lie": an answer to no question
            s.sendto(answer(b"zz" + b"\0" * 10 + b"\4evil\0\0\1\0\1", sys.argv[1]), client)
            continue
        other = bytes([q[0] ^ 1]) + q[1:]
        s.sendto(answer(other, sys.argv[1], b"\4evil\0"), client)
        s.sendto(answer(q, sys.argv[1], b"\4evil\0"), client)
        s.sendto(answer(q, sys.argv[1]), client)
def web(port):
    l = socket.create_server((sys.argv[1], port))
    while True:
        c = l.accept()[0]
        c.recv(4096)
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if port == 8080 else
                  b"\x15\3\1\0\2\2\x28")
        c.close()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 53))
for target, value in (dns, s), (web, 8080), (web, 443):
    threading.Thread(target=target, args=(value,)).start()
print("ready", flush=True)
PY
cat >"$TMP/client.py" <<'PY'
import os, socket, ssl, sys
def ask(name, answers=3):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    s.sendto(os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1", (sys.argv[1], 53))
    for _ in range(answers):
        s.recv(512)
def get(path):
    s = socket.create_connection((sys.argv[1], 8080))
    s.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    while s.recv(512):
        pass
def hello(name):
    context = ssl.create_default_context()
    try:
        context.wrap_socket(socket.create_connection((sys.argv[1], 443)), server_hostname=name)
    except ssl.SSLError:
        pass
get(b"/unasked")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"lie", (sys.argv[1], 53))
s.recv(512)
get(b"/forged")
ask("Shop.example.com")
get(b"/shop")
ask("xn--bcher-kva.example")
get(b"/books")
hello("hidden.example.net")
PY

server=$TMP/server.out
: >"$server"
ip netns exec "$A" python3 "$TMP/server.py" 10.77.0.1 >"$server" 2>&1 &
STARTED+=($!)
wait_for_line "$server" "$!" ready || bail "the server did not start"

start "$B" messages -i eth0 -t http,tls --names --json
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1
wait_for_lines "$OUT" "$PID" 1 '"protocol":"tls"'
stop
is "$STATUS" 0 "ends with status 0"
name_of() { grep "\"kind\":\"$1\"" "$OUT" | grep -o '"remote_name".*' | tr -d '}'; }
is "$(name_of 'GET /unasked')" '"remote_name":null,"remote_name_source":null' "what nobody asked has no name"
is "$(name_of 'GET /forged')" '"remote_name":null,"remote_name_source":null' "an answer to no question is not believed"
is "$(name_of 'GET /shop')" '"remote_name":"shop.example.com","remote_name_source":"dns"' "the name that was asked"
is "$(name_of 'GET /books')" '"remote_name":"xn--bcher-kva.example","remote_name_source":"dns"' "the one that was asked last"
is "$(name_of 'SNI hidden.example.net')" '"remote_name":"hidden.example.net","remote_name_source":"sni"' "the name in a TLS hello"
like "$(cat "$ERR")" '2 answers and 1 hellos with names' "the figures tell their number"
like "$(cat "$ERR")" '5 answers of DNS were not believed' "and forged answers"

# On the host of the name server, nothing of that was asked.
start "$A" messages -i eth0 -t http --names --json
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1
wait_for_lines "$OUT" "$PID" 1 'GET /books'
stop
is "$(name_of 'GET /books')" '"remote_name":null,"remote_name_source":null' "what others ask is not learned"

# Lines and a file.
start "$B" capture -i eth0 --names --print -w "$TMP/x.pcapng" port 53 or port 8080
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1
wait_for_lines "$OUT" "$PID" 1 '> xn--bcher-kva.example.8080: Flags \[F'
stop
like "$(cat "$OUT")" 'IP shop.example.com.8080 > 10.77.0.2.[0-9]+: Flags \[S\.\]' "lines have names"
if type -p tshark >/dev/null; then
	like "$(tshark -2 -r "$TMP/x.pcapng" -N n -o nameres.dns_pkt_addr_resolution:false -T fields -e ip.dst_host 2>/dev/null)" \
		'xn--bcher-kva.example' "tshark shows the names of the file"
else
	skip "tshark shows the names of the file" "there is no tshark"
fi
done_testing
