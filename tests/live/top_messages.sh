#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top --messages and the key m: the requests of rows and groups, their latencies and failures, the
# last requests in the detail, and that the tap is open only meanwhile.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need_conns
need python3
need_screen
pair

: >"$TMP/server.out"
ip netns exec "$A" python3 "$srcdir/tests/live/web_peers.py" server 10.77.0.1 >"$TMP/server.out" &
STARTED+=($!)
wait_for_line "$TMP/server.out" "$!" ready || bail "the server did not start"
mkfifo "$TMP/asks"
ip netns exec "$B" python3 "$srcdir/tests/live/web_peers.py" client 10.77.0.1 <"$TMP/asks" &
STARTED+=($!)
exec 9>"$TMP/asks"
ask() { echo "$*" >&9; }
taps() { ip netns exec "$A" cat /proc/net/packet | tail -n +2 | grep -c .; }

# ---- rows and groups ----

launch "$A" top --netns self --messages --json -d 0.2
ROWS_OUT=$OUT ROWS_PID=$PID
launch "$A" top --netns self --messages -g process --json -d 0.2
GROUPS_OUT=$OUT
await 1 '"name":"python3"'
becomes eval '[ "$(taps)" -ge 2 ]'
ask 60 /page?planted
ask 1 /slow /broken
# reaches FILE: whether its last line of the server has these figures.
reaches() { grep '"requests":62,' "$1" | tail -n 1 >"$TMP/last"; [ -s "$TMP/last" ]; }
becomes reaches "$ROWS_OUT"
python3 - "$TMP/last" >"$TMP/figures" <<'END'
import json
import sys
row = json.loads(open(sys.argv[1]).readline() or "{}")
p99 = row.get("latency_p99_us") or 0
print(row.get("comm"), row.get("local_port"), row.get("app"), row.get("requests"),
      row.get("errors"), 290000 < p99 < 600000 or p99)
END
is "$(cat "$TMP/figures")" "python3 8080 http 62 1 True" "a row has its requests, failures and p99"
becomes reaches "$GROUPS_OUT"
like "$(cat "$TMP/last")" '"name":"python3".*"requests":62,.*"errors":1' "so has its group"
becomes eval 'grep -q "\"req_rate\":[1-9]" "$ROWS_OUT"'
check "and a rate" grep -q '"req_rate":[1-9]' "$ROWS_OUT"
is "$(grep -c planted "$ROWS_OUT" "$GROUPS_OUT" | grep -vc ':0$')" 0 "no query is shown"
stop
PID=$ROWS_PID
stop
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "the tap is closed at the end"

launch "$A" top --netns self --json -d 0.2 -n 3
wait "$PID"
is "$(grep -c '"requests":[0-9]' "$OUT")" 0 "without --messages nothing is known"

launch "$A" top --netns self --messages -b -d 0.2 -f 'requests >= 5 and p99 > 0'
await 1 'STATE'
ask 20 /page
await 1 'python3'
ok "expressions know them"
like "$(cat "$OUT")" 'REQ/s' "the list has columns"
stop

# ---- the screen ----

screens
shell 160x30
send "$NSENTER $SKWATCH top --netns self -d 0.2" Enter
sees '^ *PID OWNER'
hides 'REQ/s' "no columns of messages"
is "$(taps)" 0 "and no tap"
send m
shows 'REQ/s +P99 +ERR' "m: columns of messages"
becomes eval '[ "$(taps)" -ge 1 ]'
ask 30 /page
ask 1 /broken
shows 'python3 .*http +' "a row has its protocol"
send /
send 10.77.0.2 Enter Enter
shows 'client waits' "the detail has the last requests"
shows 'GET /page|GET /broken' "by their kind"
hides 'planted' "without queries"
send q m
hides 'REQ/s' "m: no longer"
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "and the tap is closed"
send m
shows 'REQ/s' "m: again"
send q
shows 'ready>' "ends"
check "it is kept" grep -q '^messages = yes$' "$XDG_CONFIG_HOME/skwatch/top"
shell 40x10
send "$NSENTER $SKWATCH top --netns self -d 0.2" Enter
sees 'python3'
ask 10 /page
shows 'python3' "a small terminal"
send q
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "nothing is left"
done_testing
