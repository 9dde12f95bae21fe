#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top -u: sockets whose datagrams begin a connection of QUIC have its version, over IPv4 and IPv6, at
# both ends.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
cgroup

mkfifo "$TMP/in"
: >"$TMP/told"
# Opening a pipe waits for the other end, so this shell opens both.
exec 7<>"$TMP/in"
"${IN_CGROUP[@]}" ip netns exec "$A" python3 "$srcdir/tests/live/quic_peer.py" 10.77.0.1 fd77::1 \
	<"$TMP/in" >"$TMP/told" 7>&- &
PEER=$!
STARTED+=("$PEER")
launch "$A" top -u --json -d 0.2 --cgroup "$CGROUP"
await 1 '"proto":"udp"'
echo talk >&7
wait_for_line "$TMP/told" "$PEER" '^done' || bail "the peer: $(cat "$TMP/told")"

# version NAME: of both ends of this talk, by the last rows.
version() {
	python3 - "$OUT" "$(sed -n "s/^$1 //p" "$TMP/told")" <<'END'
import json
import sys
rows, port = [], int(sys.argv[2])
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        if line.endswith("}\n"):
            rows.append(json.loads(line))
last = {r["cookie"]: r for r in rows if r["proto"] == "udp" and r.get("packets_in")}
client = [r for r in last.values() if r["local_port"] == port]
server = [r for r in last.values() if client and r["local_port"] == client[0]["remote_port"]]
print(*(r["quic"] for r in client + server))
END
}
for name in v1 v2 draft-29; do
	for family in 4 6; do
		becomes eval '[ "$(version '$name-$family')" = "'$name $name'" ]'
		is "$(version "$name-$family")" "$name $name" "QUIC $name over IPv$family"
	done
done
for name in greased-4 greased-6 short long-id tiny; do
	becomes eval '[ "$(version '$name')" = "None None" ]'
	is "$(version "$name")" "None None" "$name is none"
done
stop
is "$STATUS" 0 "top ends with status 0"
exec 7>&-
done_testing
