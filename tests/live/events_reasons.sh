#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The reason why a connection ended, on each side: each row of the table of reasons in
# doc/FORMATS.md.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
cgroup

# reason CONDITION: the reasons of the closes for which the condition holds
reason() { "${ROWS[@]}" get "$CLOSES" "type == 'close' and $1" close_reason | sort -u | tr '\n' ' ' | sed 's/ $//'; }

for family in 4 6; do
	watch "$A" events --json --cgroup "$CGROUP" -t close
	CLOSES=$OUT CLOSES_PID=$PID CLOSES_ERR=$ERR
	watch "$A" events --json --cgroup "$CGROUP" -t reset,refused
	RESETS=$OUT
	conns "$A" ends all --port 7101 --peer "$B" $([ $family = 4 ] || echo -6)
	stop
	is "$STATUS" 0 "IPv$family: -t reset,refused ends with status 0"
	PID=$CLOSES_PID ERR=$CLOSES_ERR
	stop
	is "$STATUS $(lost)" "0 0" "IPv$family: -t close ends with status 0, and nothing was lost"
	while read -r kind port client server; do
		[ "$kind" = ready ] && break
		is "$(reason "remote_port == $port")" "$client" "IPv$family, $kind: the client's end is $client"
		[ "$server" = - ] && server=
		is "$(reason "local_port == $port and remote_port")" "$server" \
			"IPv$family, $kind: the server's end is ${server:-still there}"
	done <"$CONNS_OUT"
	is "$("${ROWS[@]}" count "$RESETS" 'type == "close"')" \
		"$("${ROWS[@]}" count "$CLOSES" '(close_reason or "").startswith("re")')" \
		"IPv$family: -t reset,refused tells these and no others"
	is "$("${ROWS[@]}" count "$RESETS" 'not close_reason.startswith("re")')" 0 \
		"IPv$family: each with its reason"
	all_gone
done

# From outside: a connection, and one that is not open yet.
watch "$A" events --json --cgroup "$CGROUP" -t close
conns "$A" hold v4 syn-sent --peer "$B"
inside "$A" ss -K dst 10.77.0.2 dport = ":$(port_of v4)" >"$TMP/killed"
isnt "$(grep -c ESTAB "$TMP/killed")" 0 "a connection is killed"
inside "$A" ss -K state syn-sent >"$TMP/killed"
await 1 '"old_state":"SYN_SENT"'
await 1 "\"local_port\":$(port_of v4),"
stop
CLOSES=$OUT
is "$(reason "remote_port == $(port_of v4)")" reset_by_us "killed from outside: reset by us"
is "$(reason "local_port == $(port_of v4) and remote_port")" reset_by_peer "... and for the peer by its peer"
is "$(reason "old_state == 'SYN_SENT'")" aborted "killed from outside, not open yet: aborted"
all_gone
done_testing
