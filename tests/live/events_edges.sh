#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Link-local addresses with their interface, listeners that have no peer, states that stay the same,
# sockets that connect to themselves, SYN-ACKs that are sent again, connects that fail at once.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
ip -n "$A" addr add fe80::77:1/64 dev eth0 nodad
ip -n "$B" addr add fe80::77:2/64 dev eth0 nodad

# ---- link-local addresses ----

watch "$A" events --json --netns self --where 'remote = [fe80::77:2%eth0]:7001'
CLIENT=$OUT CLIENT_PID=$PID
watch "$B" events --json --netns self -t established,close,listen
cat >"$TMP/server.py" <<'END'
import socket, sys
listener = socket.socket(socket.AF_INET6)
listener.bind(("fe80::77:2", 7001, 0, socket.if_nametoindex("eth0")))
listener.listen()
print("ready", flush=True)
server = listener.accept()[0]
server.recv(1)
sys.stdin.read()
END
cat >"$TMP/client.py" <<'END'
import socket, sys
client = socket.create_connection(("fe80::77:2%eth0", 7001))
client.send(b"x")
print("ready", flush=True)
sys.stdin.read()
END
mkfifo "$TMP/hold"
exec {HOLD}<>"$TMP/hold"
inside "$B" python3 "$TMP/server.py" <"$TMP/hold" >"$TMP/server" 2>&1 {HOLD}>&- &
SERVER_PID=$!
STARTED+=("$SERVER_PID")
wait_for_line "$TMP/server" "$SERVER_PID" '^ready$' || bail "$(cat "$TMP/server")"
inside "$A" python3 "$TMP/client.py" <"$TMP/hold" >"$TMP/client" 2>&1 {HOLD}>&- &
CLIENT_PY=$!
STARTED+=("$CLIENT_PY")
wait_for_line "$TMP/client" "$CLIENT_PY" '^ready$' || bail "$(cat "$TMP/client")"
SERVER_OUT=$OUT SERVER_WATCH=$PID SERVER_ERR=$ERR
once "$B" -n 1 --json -l --netns self -f 'local = fe80::77:2%eth0'
is "$("${ROWS[@]}" get "$OUT" 'local_port == 7001' state local_addr remote_addr | sort)" \
	"ESTABLISHED fe80::77:2%eth0 fe80::77:1%eth0
LISTEN fe80::77:2%eth0 None" "rows: link-local addresses with their interface, of listeners too"
once "$B" -n 1 --json -l --netns self -f 'local = fe80::77:2%eth1'
is "$(wc -l <"$OUT")" 0 "rows: another interface does not match"
once "$B" -n 1 -l --netns self -f 'local = fe80::77:2'
like "$(cat "$OUT")" '\[fe80::77:2%eth0\]:7001' "lines: the same"
exec {HOLD}>&-
wait "$CLIENT_PY" "$SERVER_PID"
forget "$CLIENT_PY"
forget "$SERVER_PID"
OUT=$CLIENT PID=$CLIENT_PID
await 1 '"type":"close"'
is "$("${ROWS[@]}" get "$CLIENT" True type remote_addr | grep -v '^state ')" \
	"connect fe80::77:2%eth0
established fe80::77:2%eth0
close fe80::77:2%eth0" "events: the same, from the first on"
stop
OUT=$SERVER_OUT PID=$SERVER_WATCH ERR=$SERVER_ERR
await 2 '"type":"close"'
stop

# ---- a listener has no peer ----

is "$("${ROWS[@]}" get "$SERVER_OUT" 'type == "close" and old_state == "LISTEN"' local_addr remote_addr remote_port)" \
	"fe80::77:2%eth0 None None" "the close of a listener tells no peer"

# ---- what changes nothing, and sockets that connect to themselves ----

watch "$A" events --json --netns self -t connect,established,state,close
conns "$A" ends fin self fin-server --port 7101
await 6 '"type":"close"'
stop
isnt "$("${ROWS[@]}" count "$OUT" 'type == "state"')" 0 "states are told"
is "$("${ROWS[@]}" count "$OUT" 'type == "state" and old_state == new_state')" 0 "... but only if they change"
is "$("${ROWS[@]}" get "$OUT" 'local_port == remote_port' type direction | grep -v '^state' | sort -u | tr '\n' ';')" \
	"close out;connect out;established out;" "a connection to itself is outgoing"
all_gone

# ---- what only tracing tells ----

watch "$B" events --json --netns self -t retrans
if grep -q 'no tracepoints' "$ERR"; then
	is "$(grep -c 'no tracepoints' "$ERR")" 1 "that the kernel has no tracepoints is said once"
else
	conns "$A" hold syn-recv --peer "$B"
	await 1 '"state":"SYN_RECV"'
	is "$("${ROWS[@]}" get "$OUT" 'state == "SYN_RECV"' cookie direction local_port remote_addr comm owner_source | sort -u)" \
		"None in 7013 10.77.0.1 conns listener" "a SYN-ACK that is sent again, with its listener's owner"
	all_gone
fi
stop
watch "$A" events --json --netns self -t connect
if grep -q "can't be traced" "$ERR"; then
	is "$(grep -c "can't be traced" "$ERR")" 1 "that the kernel can't be traced is said once"
else
	inside "$A" python3 -c '
import socket
for family, to in ((socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET6, ("2001:db8::1", 80))):
    try:
        socket.socket(family).connect(to)
    except OSError:
        pass'
	await 2 '"type":"connect"'
	is "$("${ROWS[@]}" get "$OUT" True error remote_addr remote_port comm direction | tr '\n' ';')" \
		"101 192.0.2.1 80 python3 out;101 2001:db8::1 80 python3 out;" "a connect() that fails at once, with its error"
fi
stop
done_testing
