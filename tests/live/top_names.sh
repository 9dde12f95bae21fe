#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top --names and the key D: remote ends by the names that this host has asked for, over IPv4 and
# IPv6; forged answers, older connections, the server's side, and that the tap is open only meanwhile.
# events --names.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need_conns
need python3
need_screen
pair
six

PEERS=(python3 "$srcdir/tests/live/name_peers.py")
taps() { ip netns exec "$B" cat /proc/net/packet | tail -n +2 | grep -c .; }

# peers N ADDRESS: a server in $A, and a client in $B that gets its commands from ask.
peers() {
	: >"$TMP/server$1" >"$TMP/client$1"
	ip netns exec "$A" "${PEERS[@]}" server "$2" >"$TMP/server$1" 2>&1 &
	STARTED+=($!)
	wait_for_line "$TMP/server$1" "$!" ready || bail "the server did not start: $(cat "$TMP/server$1")"
	mkfifo "$TMP/asks$1"
	ip netns exec "$B" "${PEERS[@]}" client "$2" <"$TMP/asks$1" >"$TMP/client$1" 2>&1 &
	STARTED+=($!)
}
peers 4 10.77.0.1
peers 6 fd77::1
exec 8>"$TMP/asks4" 9>"$TMP/asks6"
ANSWERS=0
# ask COMMAND: both clients carry it out.
ask() {
	ANSWERS=$((ANSWERS + 1))
	echo "$*" >&8
	echo "$*" >&9
	becomes eval '[ "$(grep -c done "$TMP/client4") $(grep -c done "$TMP/client6")" = "$ANSWERS $ANSWERS" ]'
}
# rows PORT OUT: the name and its source of each connection of this port, once, of both families.
rows() {
	python3 - "$1" "$2" <<'END'
import json
import sys
found = {}
for line in open(sys.argv[2]):
    row = json.loads(line)
    if row["remote_port"] == int(sys.argv[1]) and row["proto"] == "tcp":
        found[row["family"], row["local_port"]] = (row["remote_name"], row["remote_name_source"])
print(*sorted("%s:%s:%s" % (family, *name) for (family, _), name in found.items()))
END
}
# are PORT TEXT: whether the rows are these.
are() { [ "$(rows "$1" "$OUT" 2>/dev/null)" = "$2" ]; }

# ---- lines ----

ask connect older
launch "$B" top --netns self --names --json -d 0.2
becomes eval '[ "$(taps)" -ge 1 ]'
await 1 '"remote_port":8080'
ask lie evil.example
ask connect forged
ask ask Shop.example.com
ask connect shop
ask ask books.example
ask connect books
ask hello hidden.example.net
wanted="inet6:None:None inet6:None:None inet6:books.example:dns inet6:shop.example.com:dns"
wanted="$wanted inet:None:None inet:None:None inet:books.example:dns inet:shop.example.com:dns"
becomes are 8080 "$wanted"
is "$(rows 8080 "$OUT")" "$wanted" "each connection has the name that was asked before it began"
wanted="inet6:hidden.example.net:sni inet:hidden.example.net:sni"
becomes are 443 "$wanted"
is "$(rows 443 "$OUT")" "$wanted" "the name of a ClientHello comes first"
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" '4 answers and 2 hellos with names; 0 packets lost' "the figures tell their number"
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "the tap is closed at the end"

launch "$B" top --netns self --json -d 0.2
await 1 '"remote_port":8080'
ask ask books.example
ask hello hidden.example.net
await 3 '"remote_port":443'
is "$(taps)" 0 "without --names no tap is open"
stop
is "$(grep -c '"remote_name":"' "$OUT")" 0 "without --names nothing is known"
ask forget

launch "$B" top --netns self --names -b -d 0.2 -f 'remote_name ~ books and remote_name_source = dns'
becomes eval '[ "$(taps)" -ge 1 ]'
ask ask books.example
ask connect books
await 1 'books.example:8080'
ok "expressions know them, and the list shows them"
stop

# On the host of the server, nobody has asked.
launch "$A" top --netns self --names --json -d 0.2
becomes eval '[ "$(ip netns exec "$A" cat /proc/net/packet | wc -l)" -ge 2 ]'
ask forget
ask ask shop.example.com
ask connect shop
ask hello hidden.example.net
await 1 '"local_port":443'
stop
is "$(grep -c '"remote_name":"' "$OUT")" 0 "what others ask is not learned"
ask forget

# ---- events ----

watch "$B" events --netns self --names --json -t connect,established,close --where 'remote_name ~ books or remote_port = 443'
becomes eval '[ "$(taps)" -ge 1 ]'
ask ask books.example
ask connect books
ask hello hidden.example.net
ask forget
becomes eval '[ "$(grep -c "\"type\":\"close\"" "$OUT")" -ge 4 ]'
stop
is "$STATUS" 0 "events: ends with status 0"
# named TYPE PORT: the names in events of this type and port, of both families.
named() { grep "\"type\":\"$1\".*\"remote_port\":$2," "$OUT" | grep -o '"remote_name".*"remote_name_source":[^,}]*' | sort | uniq -c | tr -s ' '; }
is "$(named connect 8080)" ' 2 "remote_name":"books.example","remote_name_source":"dns"' "the begin of a connection has the name that was asked"
is "$(named established 443)" ' 2 "remote_name":"books.example","remote_name_source":"dns"' "so has a connection that has said nothing yet"
is "$(named close 443)" ' 2 "remote_name":"hidden.example.net","remote_name_source":"sni"' "later it has that of its ClientHello"
becomes eval '[ "$(taps)" = 0 ]'

watch "$B" events --netns self --names -t connect
becomes eval '[ "$(taps)" -ge 1 ]'
ask ask books.example
ask connect books
await 1 '> books.example:8080'
ok "lines have it in place of the address"
stop
ask forget

# ---- the screen ----

screens
shell 160x30
send "nsenter --net=/run/netns/$B $SKWATCH top --netns self -d 0.2" Enter
sees '^ *PID OWNER'
is "$(taps)" 0 "no tap"
send D
becomes eval '[ "$(taps)" -ge 1 ]'
ask ask shop.example.com
ask connect shop
shows 'shop.example.com:8080' "D: a remote end has its name"
send /
send shop.example Enter Enter
shows '10.77.0.1.*shop.example.com .by dns|fd77::1.*shop.example.com .by dns' "the detail has both, and the source"
send q D
hides 'shop.example.com' "D: no longer"
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "and the tap is closed"
send D
becomes eval '[ "$(taps)" -ge 1 ]'
send q
shows 'ready>' "ends"
check "it is kept" grep -q '^names = yes$' "$XDG_CONFIG_HOME/skwatch/top"
shell 40x10
send "nsenter --net=/run/netns/$B $SKWATCH top --netns self -d 0.2" Enter
sees 'python3'
ask hello a.very.long.name.of.a.server.which.has.no.room.example.net
shows 'python3' "a small terminal"
send q
becomes eval '[ "$(taps)" = 0 ]'
is "$(taps)" 0 "nothing is left"
done_testing
