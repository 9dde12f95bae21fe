#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Changes while top runs: namespaces that are made later, sockets that another process takes over,
# connections that are too short for any tick, and the rest of a connection after its end.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
cgroup

launch "$A" top --json -d 0.3 --closed 1h --cgroup "$CGROUP" -l
# It has no rows yet and prints nothing. Its keeper has the links.
KEEPER=$(keeper_of "$PID")
[ -n "$KEEPER" ] || bail "top ended: $(cat "$ERR")"
grep -q '^link_id:' "/proc/$KEEPER/fdinfo"/*
is "$?" 0 "top watches"

# ---- a namespace that comes later ----

LATE=skwt$$c
namespace "$LATE"
conns "$LATE" hold v4 listen-dual
LATE_PID=$CONNS_PID
for side in remote_port local_port; do
	await 1 "\"netns\":$(inode_of "$LATE"),.*\"$side\":$(port_of v4),.*\"state\":\"ESTABLISHED\""
	is "$?" 0 "a namespace made after the start: $side"
done
await 1 "\"netns\":$(inode_of "$LATE"),\"netns_name\":\"$LATE\".*\"state\":\"LISTEN\""
is "$?" 0 "by its name, listeners too"
is "$("${ROWS[@]}" get "$OUT" "netns == $(inode_of "$LATE") and remote_port == $(port_of v4)" pid comm | sort -u)" \
	"$LATE_PID conns" "its owner is known from the first row on"

# ---- a namespace that goes, between two sweeps ----

GOES=skwt$$d
namespace "$GOES"
cable "$A" goes0 "$GOES" eth0
TOP_PID=$PID TOP_OUT=$OUT
launch "$A" top --json -l -d 1h
await 1 '"proto":"tcp"'
ip netns del "$GOES"
# Both ends of the cable go with the namespace, which the kernel does some time later.
vanished() { ! ip -n "$A" link show goes0 >/dev/null 2>&1; }
becomes vanished
is "$?" 0 "nothing keeps a namespace that was deleted"
stop
PID=$TOP_PID OUT=$TOP_OUT

# ---- another process takes over ----

conns "$A" hold v4 --peer "$B" --port 7101
await 1 "\"local_port\":7101,.*\"comm\":\"conns\",.*\"owner_source\":\"holder\""
is "$?" 0 "a server that has accepted"
tell hand
await 1 "\"local_port\":7101,.*\"comm\":\"conns-worker\",.*\"owner_source\":\"holder\""
is "$?" 0 "hands its socket to a worker"
is "$("${ROWS[@]}" get "$OUT" 'local_port == 7101 and comm == "conns-worker"' owners |
	grep -vc '^\[{"pid": [0-9]*, "comm": "conns-worker"}\]$')" 0 "and holds it no more"
all_gone

# ---- too short for any tick ----

"${IN_CGROUP[@]}" ip netns exec "$A" "$CONNS" short 50 --peer "$B" --port 7201 --request 10 --response 20 \
	>/dev/null || bail "conns short"
for side in remote_port local_port; do
	await 1 "\"$side\":7201,.*\"close_reason\":\"fin\""
	is "$?" 0 "short connections leave rows: $side"
done
# All rows of a tick that began after the last connection had ended.
silent "$A"
silent "$B"
before=$(lines_like "$OUT" '"remote_port":7201,')
await $((before + 100)) '"remote_port":7201,'
stop
is "$STATUS" 0 "ends with status 0"
TOP_OUT=$OUT
# This comes at once, as the rest of a connection stays for a minute only.
once "$A" -n 1 --json --netns self
LEFT=$OUT
"${ROWS[@]}" last "$TOP_OUT" cookie >"$TMP/last"
is "$("${ROWS[@]}" get "$TMP/last" 'remote_port == 7201' bytes_acked bytes_received close_reason comm | sort | uniq -c | xargs)" \
	"50 12 20 fin conns" "50 clients with their bytes, reason and owner"
is "$("${ROWS[@]}" get "$TMP/last" 'local_port == 7201 and remote_port' bytes_acked bytes_received close_reason | sort | uniq -c | xargs)" \
	"50 21 10 fin" "50 servers with their bytes and reason"
is "$("${ROWS[@]}" count "$TMP/last" 'local_port == 7201 and remote_port and direction != "in"')" 0 \
	"which were incoming"
is "$("${ROWS[@]}" count "$TMP/last" 'remote_port == 7201 and not (opened_at and closed_at and age_us)')" 0 \
	"with the times of their opening and end"
is "$("${ROWS[@]}" get "$TMP/last" 'remote_port == 7201' state | sort -u)" TIME_WAIT \
	"and the state of what is left of them"

# ---- one row for the rest of a connection ----

is "$("${ROWS[@]}" get "$LEFT" 'remote_port == 7201' local_port | sort | uniq -d | wc -l)" 0 \
	"a start after that: one row each"
is "$("${ROWS[@]}" get "$LEFT" 'remote_port == 7201' state timer srtt_us bytes_acked rto_count close_reason | sort | uniq -c | xargs)" \
	"50 TIME_WAIT timewait None None None None" "of which no more is known"
done_testing
