#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# No live output has the data of users without --content: lines, JSON, the screen, comments and
# notes of recordings, files of triggers, their names, error output. Lines and tables
# of files are tested by tests/golden/secrets.py.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need python3
need_screen
pair
screens
PEER=$srcdir/tests/live/secret_peer.py
: >"$TMP/server.out"
ip netns exec "$A" python3 "$PEER" serve 10.77.0.1 >"$TMP/server.out" &
STARTED+=($!)
wait_for_line "$TMP/server.out" "$!" ready || bail "the server did not start"
ask() { ip netns exec "$B" python3 "$PEER" ask 10.77.0.1 || bail "the client failed"; }
# none NAME FILE...: whether none of them has the secret.
none() {
	local name=$1
	shift
	is "$(grep -aih planted "$@")" "" "$name"
}
texts() { for file; do python3 "$PEER" texts "$file"; done; }

start "$A" messages -i eth0 --json --slow 1us -w "$TMP/x.pcapng"
ask
wait_for_lines "$OUT" "$PID" 1 '"protocol":"tls"'
stop
is "$STATUS" 0 "messages -w ends with status 0"
for protocol in http redis memcached postgres mysql kafka thrift dns tls; do
	isnt "$(grep -c "\"protocol\":\"$protocol\",.*\"answered\"" "$OUT")" 0 "it has answers of $protocol"
done
none "no secret in JSON and on standard error" "$OUT" "$ERR"
texts "$TMP/x.pcapng" >"$TMP/texts"
isnt "$(grep -c '^comment REDIS WRONGPASS in ' "$TMP/texts")" 0 "the file has comments"
isnt "$(grep -c '^entry .*MESSAGE=MYSQL 1146 42S02 in .*: SET PASSWORD FOR app = ?' "$TMP/texts")" 0 \
	"and notes"
none "no secret in them" "$TMP/texts"

start "$A" messages -i eth0 --slow 1us
ask
wait_for_lines "$OUT" "$PID" 1 'tls .*handshake'
stop
none "no secret in lines" "$OUT" "$ERR"
start "$A" messages -i eth0 --content
ask
wait_for_lines "$OUT" "$PID" 1 'tls .*handshake'
stop
for kind in 'GET /page.token=planted' 'GET planted' "b = 'planted'"; do
	isnt "$(grep -c "$kind" "$OUT")" 0 "with --content there is: $kind"
done

start "$A" capture -i eth0 -w "$TMP/on-%{number}-%{event}-%{comm}.pcapng" --pre 2s --post 100ms \
	--on 'latency>=0us' --on-any
ask
stop
is "$STATUS" 0 "capture --on ends with status 0"
texts "$TMP"/on-*.pcapng >"$TMP/texts"
isnt "$(grep -c 'MESSAGE=trigger 1: latency>=0us: HTTP 200 in .*GET /page, ' "$TMP/texts")" 0 \
	"the triggers are in the files"
none "no secret in them" "$TMP/texts" "$ERR"
is "$(ls "$TMP" | grep -c planted)" 0 "nor in names of files"

shell 160x50
types "$NSENTER $SKWATCH messages -i eth0 --summary -d 0.2"
shows 'No messages yet' "the screen"
ask
shows 'GET /page +1 ' "has groups"
shows 'handshake +1 ' "of all protocols"
send /
send planted Enter
shows 'Not found: planted' "a search does not find the secret"
send Escape
send F4 'kind ~ planted' Enter
shows 'No group matches' "nor does a filter"
send '\' C-u Enter
shows 'GET /page +1 ' "all groups again"
is "$(shot | grep -ic planted)" 0 "no secret on the screen"
send q
shows '^status=0' "it ends"
is "$(shot | sed '1,/^CLIENT/d' | grep -ic planted)" 0 "no secret in the last table"
done_testing
