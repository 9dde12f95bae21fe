#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording beside messages: comments on the packets that complete answers, and notes.
. "${srcdir:?}/tests/live/lib.sh"
need root python3
pair
six

cat >"$TMP/server.py" <<'PY'
import http.server, socket, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def log_message(self, *args): pass
    def do_GET(self):
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
server = Server(("::", 8080), Handler)
print("ready", flush=True)
server.serve_forever()
PY
cat >"$TMP/client.py" <<'PY'
import http.client, sys
for host in sys.argv[1:]:
    connection = http.client.HTTPConnection(host, 8080)
    for i in range(50):
        connection.request("GET", "/broken?planted" if i % 10 == 9 else "/page")
        connection.getresponse().read()
PY
# The packets with a comment of a message, and the notes, by the blocks of the file.
cat >"$TMP/blocks.py" <<'PY'
import re, struct, sys
data = open(sys.argv[1], "rb").read()
at, comments, owners, notes = 0, [], 0, []
while at < len(data):
    kind, size = struct.unpack_from("<II", data, at)
    body = data[at + 8:at + size - 4]
    assert struct.unpack_from("<I", data, at + size - 4)[0] == size
    if kind == 6:
        caplen = struct.unpack_from("<I", body, 12)[0]
        packet, options = body[20:20 + caplen], body[20 + (caplen + 3) // 4 * 4:]
        texts = []
        while options:
            code, length = struct.unpack_from("<HH", options)
            if code == 1:
                texts.append(options[4:4 + length].decode())
            options = options[4 + (length + 3) // 4 * 4:]
        told = [t for t in texts if re.match(r"HTTP (200|500) in [0-9.]+ (us|ms|s)$", t)]
        if told:
            # The body is the last packet of the answer.
            assert packet.endswith(b"hello"), packet
            owners += any("python" in t for t in texts)
        comments += told
    elif kind == 9:
        notes += re.findall(r"MESSAGE=(HTTP .*)", body.decode(errors="replace"))
    at += size
print(len(comments), sum("500" in c for c in comments), owners, len(notes))
assert all(re.match(r"HTTP 500 in [0-9.]+ \S+: GET /broken, \S+ > \S+:8080, client python[^,]*(, server python|$)", n) for n in notes), notes
assert b"/broken, " in data and b"MESSAGE=HTTP 200" not in data
PY

server=$TMP/server.out
: >"$server"
ip netns exec "$A" python3 "$TMP/server.py" >"$server" &
STARTED+=($!)
wait_for_line "$server" "$!" ready || bail "the server did not start"
start "$A" messages -i eth0 -w "$TMP/x.pcapng" --slow 1h --json
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1 fd77::1
wait_for_lines "$OUT" "$PID" 10 '"status":"500"'
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" '100 messages, 10 printed; 10 with an error' "failures are printed"
is "$(python3 "$TMP/blocks.py" "$TMP/x.pcapng" 2>&1)" "100 10 100 10" \
	"each answer's last packet has its comment beside the owner's, and failures have notes"
if command -v tshark >/dev/null; then
	is "$(tshark -r "$TMP/x.pcapng" -Y 'frame.comment contains "HTTP 200 in"' 2>/dev/null | wc -l)" 90 \
		"tshark finds the comments"
	# The fields of Lua, in comments and notes.
	found() { # FILTER
		tshark -X "lua_script:$srcdir/contrib/wireshark/skwatch.lua" -r "$TMP/x.pcapng" -Y "$1" \
			-T fields -E occurrence=f -e skwatch.message.kind -e skwatch.message.status 2>/dev/null
	}
	is "$(found 'skwatch.message.protocol == "http" && !systemd_journal' | wc -l)" 100 \
		"with Lua, the messages of comments are fields"
	is "$(found 'skwatch.message.latency > 0 && skwatch.message.latency < 60000' | wc -l)" 110 \
		"with their latency, and those of notes"
	is "$(found 'systemd_journal && skwatch.message' | sort | uniq -c | sed 's/^ *//')" \
		"10 GET /broken	500" "notes have the kind"
else
	skip "tshark finds the comments" "tshark is not installed"
fi
run capture -r "$TMP/x.pcapng" -c 20
is "$STATUS" 0 "capture reads the file"

# The messages of a command, and no others.
launch "$B" messages --summary --csv --sort count -w "$TMP/own.pcapng" -- \
	sh -c 'python3 "$0" 10.77.0.1; exit 7' "$TMP/client.py"
finish
is "$STATUS" 7 "messages ends with a command, and has its status"
is "$(cut -d, -f3,4,6,8 "$OUT" | paste -sd ' ')" \
	"protocol,kind,count,errors http,GET /page,45,0 http,GET /broken,5,5" "its messages are in the table"
is "$(python3 "$TMP/blocks.py" "$TMP/own.pcapng" 2>/dev/null)" "50 5 50 5" "and in the file"

# Wrong words change nothing.
run messages --pid 1 -- true
is "$STATUS" 2 "a command has packets of its own"
run messages -w "$TMP/y.pcap"
is "$STATUS" 2 "a pcap file is refused"
like "$(cat "$ERR")" 'only a pcapng file has a place for comments' "and the reason is told"
run messages -r "$TMP/x.pcapng" -w "$TMP/y.pcapng"
is "$STATUS" 2 "-w does not go with -r"
is "$(ls "$TMP" | grep -c '^y\.')" 0 "no file was made"
done_testing
