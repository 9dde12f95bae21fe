#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# 5,000 short connections between two namespaces, in a second or so: 5,000 closes on each side,
# each with its bytes, its duration and its reason. With a ring far too small, the loss is exact.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
cgroup

# short COUNT ARGUMENTS...: makes COUNT connections. Both ends of each have ended when this returns.
short() {
	"${IN_CGROUP[@]}" ip netns exec "$A" "$CONNS" short "$@" --peer "$B" --log "$TMP/log" \
		>"$TMP/short" 2>&1 || bail "conns short: $(cat "$TMP/short")"
	silent "$A"
	silent "$B"
}

# again: how many segments both namespaces have sent twice, which happens on a busy machine.
again() { echo $(($(counter "$A" TcpRetransSegs) + $(counter "$B" TcpRetransSegs))); }

watch "$A" events --json --cgroup "$CGROUP" -t close
short 5000 --request 100 --response 1000
stop
is "$STATUS" 0 "ends with status 0"
is "$("${ROWS[@]}" sum "$OUT" 'old_state != "LISTEN"' retrans_segs)" "$(again)" \
	"as many segments were retransmitted as the kernel counts"
is "$(lost)" 0 "nothing is lost at the default size of the ring"
check "5,000 closes on each side, with their bytes and durations" \
	"${ROWS[@]}" closes "$OUT" "$TMP/log" 100 1000
is "$("${ROWS[@]}" get "$OUT" 'remote_port == 7001' comm owner_source | sort -u)" "conns closer" \
	"each client's end names who connected, and closed"
is "$("${ROWS[@]}" get "$OUT" 'local_port == 7001 and remote_port' comm direction | sed 's/-server//' | sort -u)" \
	"conns in" "each server's end who listens, from the first on"
total=$(seen)

watch "$A" events --json --cgroup "$CGROUP" -t close
short 1000 --request 70000 --response 3 -6
stop
check "IPv6, more to ask than to answer" "${ROWS[@]}" closes "$OUT" "$TMP/log" 70000 3

# Watching begins while connections come and go; they go on until they are killed.
"${IN_CGROUP[@]}" ip netns exec "$A" "$CONNS" short 1000000 --request 100 --response 1000 \
	--peer "$B" >"$TMP/short" 2>&1 &
CONNS_PID=$!
STARTED+=("$CONNS_PID")
watch "$A" events --json --cgroup "$CGROUP" -t established,close
await 100 '"type":"close"'
stop
all_gone
isnt "$(wc -l <"$OUT")" 0 "from the middle on: there are lines"
is "$("${ROWS[@]}" count "$OUT" 'not netns_name')" 0 "from the middle on: each names its namespace"

watch "$A" events --json --cgroup "$CGROUP" -t close --ring-size 4K
short 5000 --request 100 --response 1000
stop
is "$STATUS" 0 "a tiny ring: ends with status 0"
isnt "$(lost)" 0 "a tiny ring: events are lost"
is $(($(seen) + $(lost))) "$total" "a tiny ring: those told and those lost make up all"
done_testing
