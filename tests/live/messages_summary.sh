#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The table of messages, live and from a file, against the messages themselves.
. "${srcdir:?}/tests/live/lib.sh"
need root python3
pair
six

cat >"$TMP/server.py" <<'PY'
import http.server, socket, sys, time
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
    for i in range(100):
        for path in ("/page?planted", "/slow" if i % 50 == 0 else "/page", "/broken" if i % 50 == 0 else "/"):
            connection.request("GET", path)
            connection.getresponse().read()
PY
# Makes the table of lines of messages, with exact quantiles, and compares.
cat >"$TMP/compare.py" <<'PY'
import collections, json, sys
groups = collections.defaultdict(list)
for line in open(sys.argv[1]):
    m = json.loads(line)
    groups[m["kind"]].append(m)
table = [json.loads(line) for line in open(sys.argv[2])]
assert [t["time_us"] for t in table] == sorted((t["time_us"] for t in table), reverse=True)
assert {t["kind"] for t in table} == set(groups), table
for t in table:
    of = groups[t["kind"]]
    times = sorted(m["latency_us"] for m in of)
    assert t["count"] == len(of) and t["errors"] == sum(m["error"] for m in of), t
    assert t["request_bytes"] == sum(m["request_bytes"] for m in of), t
    assert t["answer_bytes"] == sum(m["answer_bytes"] for m in of), t
    assert t["max_us"] == times[-1], t
    assert abs(t["time_us"] - sum(times)) <= len(of), t
    for p in (50, 90, 99):
        exact = times[-(-len(of) * p // 100) - 1]
        assert abs(t["p%d_us" % p] - exact) <= exact / 32 + 1, (p, exact, t)
print(len(table), "groups are right")
PY

server=$TMP/server.out
: >"$server"
ip netns exec "$A" python3 "$TMP/server.py" >"$server" &
STARTED+=($!)
wait_for_line "$server" "$!" ready || bail "the server did not start"
start "$A" capture -i eth0 -w "$TMP/x.pcap"
capture=$PID capture_err=$ERR
start "$A" messages -i eth0 --summary --json -c 600
ip netns exec "$B" python3 "$TMP/client.py" 10.77.0.1 fd77::1
finish
is "$STATUS" 0 "ends with status 0 after 600 messages"
live=$OUT
like "$(cat "$ERR")" '600 messages, 600 in the table; 4 with an error' "the figures tell their number"
is "$(grep -c '"server_comm":"python' "$live")" 4 "each line has the server's process"
like "$(cat "$live")" '"kind":"GET /broken",.*"count":4,.*"errors":4,' "errors are counted"
like "$(grep '"GET /page"' "$live")" '"count":396,"rate":[0-9]*[1-9][0-9]*\.' "and how many come in a second"
like "$(head -n 1 "$live")" '"kind":"GET /slow"' "what took most of the time is first"
is "$(grep -c planted "$live")" 0 "no query is shown"

PID=$capture ERR=$capture_err
stop
run messages -r "$TMP/x.pcap" --json
cp "$OUT" "$TMP/lines"
run messages -r "$TMP/x.pcap" --summary --json
check "the table has what its messages have" python3 "$TMP/compare.py" "$TMP/lines" "$OUT"
run messages -r "$TMP/x.pcap" --summary --sort -count
is "$(awk '{ print $4 }' "$OUT" | paste -sd ' ')" "COUNT 4 4 196 396" "-count puts the fewest first"
run messages -r "$TMP/x.pcap" --summary --csv --groups 2
is "$(cut -d, -f3-6 "$OUT" | tail -n 1)" "http,(other),true,200" "other kinds are counted in one line"
like "$(cat "$ERR")" '200 messages are counted as other kinds, as the table has 2 groups' "and told"
run messages -r "$TMP/x.pcap" --slow 450ms --json
is "$(grep -c '"kind":"GET /slow"' "$OUT") $(grep -c '"status":"500"' "$OUT") $(wc -l <"$OUT")" \
	"4 4 8" "--slow lets slow messages and failures pass"

# Wrong words change nothing.
run messages -r "$TMP/x.pcap" --summary --sort size
is "$STATUS $(cat "$ERR")" "2 skwatch: --sort size: not a field to sort by; skwatch messages --help lists the fields" \
	"an unknown key is refused"
run messages -r "$TMP/x.pcap" --csv
is "$STATUS" 2 "--csv is for the table"
run messages -r "$TMP/x.pcap" --summary --csv --json
is "$STATUS" 2 "a table has one form"
done_testing
