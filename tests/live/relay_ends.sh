#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# How a relay ends while clients come: after the first signal each client gets its answer or is
# refused, and none is reset; SIGKILL at any moment leaves nothing behind.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_relay.sh"
need root python3 ss bpftool
pair
backends 127.0.0.1 9002=echo

# crowd NAME CLIENTS UNTIL: clients in the background that come again and again.
crowd() {
	hold "$1" crowd 10.77.0.2 8001 "$2" "$3"
}
# crowd_said NAME: how that has ended.
crowd_said() {
	wait_for_line "$TMP/$1" "$CLIENT" ' answered, ' || bail "no figures of $1: $(<"$TMP/$1")"
	tail -n 1 "$TMP/$1"
}

# The first signal.
for engine in splice copy sockmap; do
	relay --engine $engine :8001 127.0.0.1:9002
	crowd "drain.$engine" 64 refused
	wait_for_line "$TMP/drain.$engine" "$CLIENT" '^busy' || bail "no crowd"
	stop TERM
	is "$STATUS" 0 "$engine: it ends with status 0"
	like "$(crowd_said "drain.$engine")" '^[0-9]+ answered, 0 broken, 64 refused, 0 other$' \
		"$engine: whoever is let in is answered, the others are refused"
done
relay :8001 127.0.0.1:9002
kill -STOP "$PID"
# The relay learns of the signal before it learns of the clients.
kill -TERM "$PID"
crowd queue 64 refused
queued() { [ "$(ss -N "$B" -Hltn sport = :8001 | awk '{ print $2 }')" -eq 64 ]; }
becomes queued || bail "nobody waits"
kill -CONT "$PID"
finish
is "$STATUS" 0 "64 clients wait when the relay gets the signal"
like "$(crowd_said queue)" '^[0-9]+ answered, 0 broken, 64 refused, 0 other$' "... each gets its answer"
like "$(<"$ERR")" '64 at most' "... although none was accepted before"

# SIGKILL at any moment, with clients that come all the time.
# bpf_maps: the maps that the process holds.
bpf_maps() { sed -n 's/^map_id:\t//p' "/proc/$PID/fdinfo/"* 2>/dev/null; }
maps_gone() {
	local id
	for id; do ! bpftool map show id "$id" >/dev/null 2>&1 || return 1; done
}
sockets_gone() { ! ss -N "$B" -Hatn sport = :8001 | grep -q '^[LE]'; }
crowd storm 8 told
for engine in splice copy sockmap; do
	FAILED=
	MAPS=()
	for i in {1..20}; do
		launch "$B" relay --engine $engine :8001 127.0.0.1:9002
		[ $((i % 2)) -eq 0 ] || wait_for_line "$ERR" "$PID" '^skwatch: relaying ' || FAILED+=" $i"
		a_moment
		mapfile -t -O ${#MAPS[@]} MAPS < <(bpf_maps)
		[ -z "$(cat "/proc/$PID/task/$PID/children")" ] || FAILED+=" $i"
		die "$PID"
		becomes sockets_gone || FAILED+=" $i"
	done
	is "$FAILED" "" "$engine: killed at 20 random moments, no socket and no process is left, and the next one starts"
	check "$engine: no map is left" becomes maps_gone "${MAPS[@]}"
	[ $engine != sockmap ] || isnt "${#MAPS[@]}" 0 "... of those that there were"
	relay --engine $engine :8001 127.0.0.1:9002
	is "$(ask short 10.77.0.2 8001 20)" 20 "$engine: and then each client is answered"
	stop TERM
done
echo >&8
like "$(crowd_said storm)" ' answered, ' "clients came meanwhile"
done_testing
