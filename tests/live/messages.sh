#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Messages of this host: requests of a real client, with the processes at both ends.
. "${srcdir:?}/tests/live/lib.sh"
need root python3
pair

cat >"$TMP/server.py" <<'PY'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do_GET(self):
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
server = http.server.HTTPServer((sys.argv[1], 8080), Handler)
print("ready", flush=True)
server.serve_forever()
PY
cat >"$TMP/client.py" <<'PY'
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], 8080)
for i in range(int(sys.argv[2])):
    connection.request("GET", "/missing?planted" if i % 10 == 9 else "/page?planted")
    connection.getresponse().read()
PY

server=$TMP/server.out
: >"$server"
ip netns exec "$A" python3 "$TMP/server.py" 10.77.0.1 >"$server" &
STARTED+=($!)
wait_for_line "$server" "$!" ready || bail "the server did not start"
start "$A" messages -i eth0 --json
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1 500
wait_for_lines "$OUT" "$PID" 500 '"outcome":"answered"'
stop
is "$STATUS" 0 "ends with status 0"
is "$(grep -c '"kind":"GET /page","status":"200","outcome":"answered"' "$OUT")" 450 "each answer is there"
is "$(grep -c '"status":"404","outcome":"answered","error":true' "$OUT")" 50 "and each failure"
is "$(grep -c '"server_comm":"python' "$OUT")" 500 "the server's process is known"
is "$(grep -c planted "$OUT")" 0 "no query is shown"
like "$(cat "$ERR")" '500 messages, 500 printed; 50 with an error' "the figures tell their number"

# Wrong words change nothing.
run messages -t http,smoke
is "$STATUS" 2 "an unknown protocol is refused"
like "$(cat "$ERR")" 'smoke: no such protocol; there are http' "the message tells the protocols"
run messages --where 'latency > banana'
is "$STATUS" 2 "a wrong expression is refused"
run messages -r "$TMP/none.pcap" -i eth0
is "$STATUS" 2 "-r and -i do not go together"
done_testing
