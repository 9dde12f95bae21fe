#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The reason why a connection ended, on each side: FINs, refused, reset by one side or the other, or
# a timeout because no answer came.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
cgroup

# reason CONDITION: the reasons of the closes for which the condition holds
reason() { "${ROWS[@]}" get "$CLOSES" "type == 'close' and $1" close_reason | tr '\n' ' ' | sed 's/ $//'; }

for family in 4 6; do
	watch "$A" events --json --cgroup "$CGROUP" -t close
	CLOSES=$OUT CLOSES_PID=$PID CLOSES_ERR=$ERR
	watch "$A" events --json --cgroup "$CGROUP" -t reset,refused
	RESETS=$OUT
	conns "$A" ends all --peer "$B" $([ $family = 4 ] || echo -6)
	stop
	is "$STATUS" 0 "IPv$family: -t reset,refused ends with status 0"
	PID=$CLOSES_PID ERR=$CLOSES_ERR
	stop
	is "$STATUS $(lost)" "0 0" "IPv$family: -t close ends with status 0, and nothing was lost"
	resets=0
	while read -r kind port client server; do
		[ "$kind" = ready ] && break
		is "$(reason "remote_port == $port")" "$client" "IPv$family, $kind: the client's end is $client"
		[ "$server" = - ] && server=
		is "$(reason "local_port == $port and remote_port")" "$server" \
			"IPv$family, $kind: the server's end is ${server:-still there}"
		for end in "$client" "$server"; do
			case $end in reset* | refused) resets=$((resets + 1)) ;; esac
		done
	done <"$CONNS_OUT"
	is "$("${ROWS[@]}" count "$RESETS" 'type == "close"')" "$resets" \
		"IPv$family: -t reset,refused tells these and no others"
	is "$("${ROWS[@]}" count "$RESETS" 'not close_reason.startswith("re")')" 0 \
		"IPv$family: each with its reason"
	all_gone
done
done_testing
