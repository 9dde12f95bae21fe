#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top -r shows what top showed while it was recorded: the same figures at the same time.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
FILE=$TMP/recording.pcapng
conns "$A" hold v4 v6 listen udp --peer "$B"

start "$A" capture -w "$FILE" --rows-every 0.2s
CAPTURE=$PID CAPTURE_ERR=$ERR
launch "$A" top --json -l -d 0.2 --netns self
LIVE=$OUT LIVE_PID=$PID
await 4 "\"local_port\":$(port_of v4 client),"
tell talk 20
timeouts=$(counter "$A" TcpExtTCPTimeouts)
tell lose 3000
timed_out() { [ "$(counter "$A" TcpExtTCPTimeouts)" -gt $((timeouts + 1)) ]; }
becomes timed_out || bail "losses without timeouts"
tell heal 3000
quiet "$A" "$TMP/ss" -tan
# More sweeps, in which no figure moves.
rows=$(grep -c "\"local_port\":$(port_of v4 client)," "$LIVE")
await $((rows + 4)) "\"local_port\":$(port_of v4 client),"
is "$?" 0 "top runs meanwhile"
sweeps() { kill -USR2 "$CAPTURE" && strings -a -n 8 "$FILE" | grep -c '^SKWATCH_TYPE=sweep'; }
before=$(sweeps)
swept() { [ "$(sweeps)" -ge $((before + 4)) ]; }
becomes swept
is "$?" 0 "so does the recording"
stop
is "$STATUS" 0 "and ends with status 0"
PID=$CAPTURE ERR=$CAPTURE_ERR
stop
is "$STATUS" 0 "the recording ends as well"

run top -r "$FILE" --json -l
is "$STATUS" 0 "the recording is shown"
check "each row has every field" "${ROWS[@]}" fields "$OUT"
check "with the figures that top had at that time" python3 - "$LIVE" "$OUT" "$(inode_of "$A")" <<'END'
import collections, datetime, json, sys

# Fields that go on with the time alone, or that top counts from its own start.
MOVES = {"ts", "age_us", "update", "host", "timer_left_us", "tx_bps", "rx_bps"}
live, played = ([json.loads(line) for line in open(name)] for name in sys.argv[1:3])
netns = int(sys.argv[3])

def at(row):
    return datetime.datetime.fromisoformat(row["ts"][:26]).timestamp()

def by_cookie(rows):
    found = collections.defaultdict(list)
    for row in rows:
        if row["netns"] == netns and row["cookie"]:
            found[row["cookie"]].append(row)
    return found

live, played = by_cookie(live), by_cookie(played)
assert set(live) == set(played), (set(live), set(played))
compared = 0
for cookie, rows in live.items():
    for row in rows:
        # A figure that top showed for a while is that of each recorded sweep within this while.
        same = [r for r in rows if all(r[f] == row[f] for f in r if f not in MOVES)]
        first, last = min(map(at, same)), max(map(at, same))
        if last - first < 0.3:
            continue
        for other in played[cookie]:
            if first < at(other) < last:
                wrong = {f: (row[f], other[f]) for f in row if f not in MOVES and row[f] != other[f]}
                assert not wrong, (row["ts"], other["ts"], row["local_port"], wrong)
                compared += 1
assert compared > 20, compared
END
# The recording has other namespaces as well, which may use the same port.
check "and the last figures are those of the end" python3 - "$LIVE" "$OUT" "$(inode_of "$A")" \
	"$(port_of v4 client)" <<'END'
import json, sys
live, played = ([json.loads(line) for line in open(name)] for name in sys.argv[1:3])
netns, port = map(int, sys.argv[3:])
last = [[r for r in rows if r["netns"] == netns and r["local_port"] == port][-1]
        for rows in (live, played)]
for field in ("bytes_acked", "bytes_received", "srtt_us", "cwnd", "rto_count", "retrans_segs", "pid",
              "owner_source", "state"):
    assert last[0][field] == last[1][field] is not None, (field, last[0][field], last[1][field])
assert last[0]["rto_count"] > 0
END
all=$("${ROWS[@]}" count "$OUT" True)
run top -r "$FILE" -b -n 2
is "$(lines_like "$OUT" 'namespaces')" 2 "-n stops after so many updates"
run top -r "$FILE" --csv -l
is "$(wc -l <"$OUT")" $((all + 1)) "--csv has the same rows"
run top -r "$FILE" --json -f "rport = $(port_of v4) and rto > 0"
isnt "$("${ROWS[@]}" count "$OUT" True)" 0 "-f chooses"
began=$(date +%s%N)
run top -r "$FILE" -b --speed 4
took=$((($(date +%s%N) - began) / 1000000))
sweeps=$(lines_like "$OUT" 'namespaces')
[ $took -ge $(((sweeps - 1) * 200 / 4 * 8 / 10)) ] && [ "$sweeps" -gt 4 ]
is "$?" 0 "--speed keeps the recorded pace: $sweeps updates in $took ms"
run top -r "$FILE" -b --speed 0
like "$STATUS $(cat "$ERR")" '^2 .*--speed: "0" is not max or a number from 0.01 to 1000' "a wrong speed is refused"
run top -r "$FILE" -b --netns self
like "$STATUS $(cat "$ERR")" '^2 .*-r reads a file: --netns does not apply' "so is what a file can't have"
done_testing
