#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Either of the two processes is killed without warning: nothing stays in the kernel, and the file
# can be read up to its last second.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump bpftool
pair

# The ids of the programs that stand in the tables of these processes.
held_by() {
	local pid map
	for pid; do grep -lx 'map_type:[[:space:]]*3' /proc/"$pid"/fdinfo/* 2>/dev/null; done |
		xargs -r sed -n 's/^map_id:[[:space:]]*//p' | sort -un |
		while read -r map; do
			bpftool -j map dump id "$map"
		done | python3 -c 'import json, re, sys
for text in sys.stdin.read().replace("][", "]\n[").splitlines():
    for row in json.loads(text):
        value = row.get("value")
        if isinstance(value, list):
            value = int.from_bytes(bytes(int(b, 16) for b in value), "little")
        if isinstance(value, int):
            print(value)' | sort -un
}
# The kernel frees programs some time after their last user has gone, and no event tells that.
still_loaded() {
	becomes none_loaded "$@" || echo "$LEFT"
}
none_loaded() {
	local id
	LEFT=
	for id; do bpftool prog show id "$id" >/dev/null 2>&1 && LEFT+="$id "; done
	[ -z "$LEFT" ]
}
sockets() { inside "$A" cat /proc/net/packet | tail -n +2 | wc -l; }

for victim in worker keeper; do
	start "$A" capture -i eth0 -w "$TMP/$victim.pcap"
	worker=$PID
	keeper=$(keeper_of "$worker")
	isnt "$keeper" "" "$victim: there are two processes"
	ids=$(held_by "$worker" "$keeper")
	isnt "$ids" "" "$victim: which hold programs"
	is "$(sockets)" 1 "$victim: and a packet socket"

	traffic "$A" flood eth0 2000 500
	# The packets reach the file by themselves.
	check "$victim: within seconds" timeout $PATIENCE "$TRAFFIC" holds "$TMP/$victim.pcap" 2000
	traffic "$A" flood eth0 1 100 --sender 1
	[ $victim = worker ] && kill -KILL "$worker" || kill -KILL "$keeper"
	check "$victim: the other half ends as well" "$TRAFFIC" gone "$worker" "$keeper"
	wait "$PID"
	STATUS=$?
	forget "$PID"
	is "$(still_loaded $ids)" "" "$victim: no program is left in the kernel"
	is "$(sockets)" 0 "$victim: no packet socket is left"
	is "$(inside "$A" sh -c 'ip -d link show dev eth0' | sed -n 's/.*promiscuity \([0-9]*\).*/\1/p')" 0 \
		"$victim: the interface is as it was"
	tcpdump -nn -r "$TMP/$victim.pcap" >"$TMP/lines" 2>"$TMP/complaint"
	if [ "$(wc -l <"$TMP/lines")" -ge 2000 ]; then
		ok "$victim: the file has all but its last second"
	else
		not_ok "$victim: the file has all but its last second" "$(wc -l <"$TMP/lines") packets"
	fi
	is "$(grep -v '^reading from' "$TMP/complaint")" "" "$victim: and no padding or half a packet"
done
is "$STATUS" 1 "without its keeper the worker ends with status 1"
like "$(cat "$ERR")" '^skwatch: .*privileged process' "and says why"
is "$(figure captured)" 2001 "and its figures are printed"
check "and its file is complete" "$TRAFFIC" check "$TMP/keeper.pcap"
is "$(packets "$TMP/keeper.pcap")" 2001 "to the last packet"

# An ordinary end leaves nothing either.
start "$A" capture -w "$TMP/any.pcap"
ids=$(held_by "$PID" "$(keeper_of "$PID")")
keeper=$(keeper_of "$PID")
stop TERM
check "ordinary end: the keeper has ended as well" "$TRAFFIC" gone "$keeper"
is "$(still_loaded $ids) $(sockets)" " 0" "ordinary end: no program, no socket"
done_testing
