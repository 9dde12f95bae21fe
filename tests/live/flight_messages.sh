#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording whose triggers are messages: of many quick answers and a slow one, the packets of the
# slow answer are in a file, which tells why, and tshark finds it slow, too.
. "${srcdir:?}/tests/live/lib.sh"
need root python3 tshark
pair

cat >"$TMP/server.py" <<'PY'
import http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def log_message(self, *args): pass
    def do_GET(self):
        if "slow" in self.path:
            time.sleep(0.5)
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
server = http.server.ThreadingHTTPServer(("10.77.0.1", 8080), Handler)
print("ready", flush=True)
server.serve_forever()
PY
# Each path on a connection of its own, except that quick ones share theirs.
cat >"$TMP/client.py" <<'PY'
import http.client, sys
quick = http.client.HTTPConnection("10.77.0.1", 8080)
def ask(connection, path):
    connection.request("GET", path)
    connection.getresponse().read()
for path in sys.argv[1:]:
    for i in range(99):
        ask(quick, "/quick")
    other = http.client.HTTPConnection("10.77.0.1", 8080)
    ask(other, path)
    other.close()
PY
: >"$TMP/server.out"
ip netns exec "$A" python3 "$TMP/server.py" >"$TMP/server.out" &
STARTED+=($!)
wait_for_line "$TMP/server.out" "$!" ready || bail "the server did not start"
client() { ip netns exec "$B" python3 "$TMP/client.py" "$@" || bail "the client failed"; }
# fields FILE FILTER FIELD: what tshark shows of those frames.
fields() { tshark -r "$1" -d tcp.port==8080,http -Y "$2" -T fields -e "$3" 2>/dev/null; }
triggers() { strings -a -n 8 "$1" | sed -n 's/^MESSAGE=\(trigger .*\)/\1/p'; }

# ---- one of a hundred ----

start "$A" capture -i eth0 -w "$TMP/on-%{number}-%{pid}.pcapng" --on 'latency>200ms and kind ~ slow' --post 200ms
client '/slow?planted=query'
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" '1 trigger: [0-9]+ packets' "one answer of a hundred was slow"
like "$(cat "$ERR")" '100 messages were looked at for triggers' "and all were looked at"
files=("$TMP"/on-*.pcapng)
is "${#files[@]}" 1 "so there is one file"
FILE=${files[0]}
like "$FILE" "on-0*1-[0-9][0-9]*.pcapng" "with the server's process in its name"
like "$(triggers "$FILE")" \
	'^trigger 1: latency>200ms and kind ~ slow: HTTP 200 in 5[0-9]+\.[0-9] ms: GET /slow, 10.77.0.2:[0-9]+ > 10.77.0.1:8080, client python3\[[0-9]+\], server python3\[[0-9]+\]; [0-9.]+ s before it are held$' \
	"it tells what was slow, and by how much"
is "$(fields "$FILE" http.request http.request.uri.path)" /slow "the request is in it, and no other"
is "$(fields "$FILE" 'http.time > 0.2' http.response.code)" 200 "tshark finds the answer slow, too"
is "$(fields "$FILE" 'tcp.flags.syn == 1' frame.number | wc -l)" 2 "from the begin of its connection on"
is "$(tshark -X "lua_script:$srcdir/contrib/wireshark/skwatch.lua" -r "$FILE" -T fields \
	-Y 'skwatch.message.latency > 200' -e skwatch.message.kind -e skwatch.message.status 2>/dev/null)" \
	"	200
GET /slow	200" "with Lua, a filter by latency finds the answer's packet and the trigger"
is "$(fields "$FILE" 'frame.comment contains "HTTP 200 in 5"' http.response.code)" 200 \
	"for the packet that completes the answer has a comment"
is "$(triggers "$FILE" | grep -c planted)" 0 "the trigger shows no query"

# ---- slow, and failures ----

start "$A" capture -i eth0 -w "$TMP/slow-%{number}.pcapng" --on slow --slow 300ms --post 200ms
client /slow /broken
stop
is "$(ls "$TMP"/slow-*.pcapng | wc -l)" 2 "--on slow: what took long, and what failed"
like "$(cat "$TMP"/slow-*.pcapng | strings -a)" 'trigger 2: slow: HTTP 500 in .*: GET /broken' "and says so"
start "$A" capture -i eth0 -w "$TMP/none.pcapng" --on 'error=yes,rto' --slow 1s --post 200ms
client /slow
stop
like "$(cat "$ERR")" '^skwatch: 0 triggers' "a message that matches nothing triggers nothing"
start "$A" capture -i eth0 -w "$TMP/rows.pcapng" --on rto
client /slow
stop
is "$(grep -c 'looked at' "$ERR")" 0 "without such a trigger, no messages are made"

# ---- wrong usage ----

"$SKWATCH" capture -i lo -w "$TMP/x.pcapng" --on 'latency>' >"$TMP/refused" 2>&1
is "$? $(cat "$TMP/refused")" "2 $(sed -n 1p "$TMP/refused")" "an expression that is not complete"
like "$(cat "$TMP/refused")" '^skwatch: --on: column 9: expected a value' "and where"
"$SKWATCH" capture -i lo -w "$TMP/x.pcapng" --slow 1s >"$TMP/refused" 2>&1
like "$? $(cat "$TMP/refused")" '^2 .*--slow and --exec are for triggers' "--slow without --on"
[ -e "$TMP/x.pcapng" ] && not_ok "no file is made" || ok "no file is made"
done_testing
