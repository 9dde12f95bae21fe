#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The options of events: types, connections, number and duration. Lines come at once, and wrong
# arguments are refused.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses

# All types of events, for one connection from its opening to its end.
watch "$A" events --json --netns self -t connect,established,state,rtt,rto,retrans,close,listen
conns "$A" hold v4 --peer "$B"
port=$(port_of v4) client=$(port_of v4 client)
await 1 '"type":"established"'
is "$?" 0 "a line is there while it runs"
tell talk 2
tell lose
await 1 '"type":"rto"'
tell heal
tell close
await 1 '"type":"close"'
stop
is "$STATUS" 0 "status 0"
is "$("${ROWS[@]}" get "$OUT" True type | sort -u | tr '\n' ' ')" \
	"close connect established retrans rto rtt state " "each type of event there was"
is "$("${ROWS[@]}" get "$OUT" 'type in ("connect", "established", "close")' type remote_addr remote_port local_port pid comm direction)" \
	"connect 10.77.0.2 $port $client $CONNS_PID conns out
established 10.77.0.2 $port $client $CONNS_PID conns out
close 10.77.0.2 $port $client $CONNS_PID conns out" "in their order, of the right connection and process"
is "$("${ROWS[@]}" get "$OUT" 'type == "state"' old_state new_state | tr '\n' ';')" \
	"SYN_SENT ESTABLISHED;ESTABLISHED FIN_WAIT1;FIN_WAIT1 FIN_WAIT2;FIN_WAIT2 CLOSED;" \
	"the states it went through from connect on"
is "$("${ROWS[@]}" count "$OUT" 'type == "rto" and (backoff != 0 or rto_us < 200000)')" \
	"$("${ROWS[@]}" count "$OUT" 'type == "rto" and backoff')" "the first timeout was a first one"
all_gone

# Listeners, seen on the side that has them.
watch "$B" events --json --netns self -t listen,established
conns "$A" hold listen v4 --peer "$B"
stop
is "$("${ROWS[@]}" get "$OUT" 'type == "listen"' local_port backlog | sort -u | tr '\n' ';')" \
	"$(port_of v4) 8;$(port_of listen) 16;" "listen: each with its backlog"
is "$("${ROWS[@]}" get "$OUT" 'type == "established"' direction local_port)" "in $(port_of v4)" \
	"established: accepted"
all_gone

# Lines are aligned and have no control characters. By default there are no single RTT samples.
watch "$A" events --netns self
conns "$A" hold v4 --peer "$B"
tell talk 5
tell close
all_gone
stop
like "$(cat "$OUT")" "^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6} +CONNECT|connect .*conns\[$CONNS_PID\].*10\.77\.0\.2:$(port_of v4)" \
	"lines: time, type, owner, addresses"
is "$(LC_ALL=C grep -c '[^[:print:]]' "$OUT")" 0 "lines: plain characters"
is "$(grep -ci ' rtt ' "$OUT")" 0 "lines: no single samples unless asked for"
like "$(cat "$OUT")" ' close .* closed .*sent 8.0kB, received 8.0kB' "lines: the close tells how it went"

# A condition, and a number of events.
watch "$A" events --json --netns self -t close --where 'rport = 7001 and bytes_received > 500'
inside "$A" "$CONNS" short 3 --peer "$B" --response 400 >/dev/null
inside "$A" "$CONNS" short 4 --peer "$B" --response 600 >/dev/null
stop
is "$("${ROWS[@]}" get "$OUT" True bytes_received | tr '\n' ' ')" "600 600 600 600 " "--where: what matches"

watch "$A" events --netns self -t close -c 5
inside "$A" "$CONNS" short 200 --peer "$B" >/dev/null
finish
is "$STATUS $(wc -l <"$OUT")" "0 5" "-c 5: ends after five"

began=$(date +%s%N)
watch "$A" events --netns self --duration 700ms
finish
lasted=$((($(date +%s%N) - began) / 1000000))
is "$STATUS" 0 "--duration: status 0"
[ $lasted -ge 700 ] && [ $lasted -lt $((PATIENCE * 1000)) ]
is "$?" 0 "--duration: ends after its time ($lasted ms)"

# Figures on the way are those of now, and not of the last sweep.
watch "$A" events --netns self -t close
inside "$A" "$CONNS" short 20 --peer "$B" >/dev/null
await 20 ' close '
kill -USR1 "$PID"
wait_for_line "$ERR" "$PID" '^skwatch: [0-9]+ events printed'
is "$?" 0 "SIGUSR1 prints the figures so far"
[ "$(seen)" -ge 20 ]
is "$?" 0 "SIGUSR1: as many were seen as were printed, or more"
stop
is "$STATUS" 0 "SIGUSR1: and the watch goes on"

# A pipe whose reader leaves after the first line.
mkfifo "$TMP/pipe"
head -n 1 <"$TMP/pipe" >"$TMP/pipe.out" &
READER=$!
STARTED+=("$READER")
ERR=$TMP/pipe.err
nsenter --net="/run/netns/$A" "${as_typed[@]}" "$SKWATCH" events --netns self >"$TMP/pipe" 2>"$ERR" &
PID=$!
STARTED+=("$PID")
wait_for_line "$ERR" "$PID" '^skwatch: watching ' || not_ok "events | head -n 1 starts"
inside "$A" "$CONNS" short 1 --peer "$B" >/dev/null
"$TRAFFIC" gone "$READER"
inside "$A" "$CONNS" short 1 --peer "$B" >/dev/null
finish
is "$STATUS $(wc -l <"$TMP/pipe.out")" "0 1" "| head -n 1: one line, and it ends with status 0"
is "$(lines_like "$ERR" 'pipe')" 0 "| head -n 1: and without a complaint"
# Nothing happens here, so nothing is written either.
nsenter --net="/run/netns/$A" "${as_typed[@]}" timeout $PATIENCE "$SKWATCH" events --netns self 2>"$ERR" | true
is "${PIPESTATUS[*]}" "0 0" "| true: it ends at once"
is "$(lines_like "$ERR" 'pipe')" 0 "| true: and without a complaint"

# A pipe whose reader has stopped: events still ends after its duration, and when its other process
# has died.
mkfifo "$TMP/full"
exec {FULL}<>"$TMP/full"
stalled() { # ARGUMENTS...: $PIPE is its process, which waits for the reader when this returns
	: >"$TMP/full.err" # the words of the one before are no answer
	nsenter --net="/run/netns/$A" "${as_typed[@]}" "$SKWATCH" events --netns self --json "$@" \
		>&"$FULL" 2>"$TMP/full.err" {FULL}>&- &
	PIPE=$!
	STARTED+=("$PIPE")
	wait_for_line "$TMP/full.err" "$PIPE" '^skwatch: watching ' || not_ok "events into a full pipe starts"
	inside "$A" "$CONNS" short 400 --peer "$B" >/dev/null
}
gave_up() { # NAME REGEX
	check "$1: it ends" timeout $PATIENCE "$TRAFFIC" gone "$PIPE" || kill -KILL "$PIPE"
	wait "$PIPE"
	is "$?" 1 "$1: with status 1"
	is "$(lines_like "$TMP/full.err" "$2")" 1 "$1: and says why"
	forget "$PIPE"
}
stalled --duration 2s
gave_up "a stopped reader, --duration" "nobody takes the lines"
stalled
kill -KILL "$(keeper_of "$PIPE")"
gave_up "a stopped reader, and the keeper has died" "privileged process has died"

# Wrong arguments.
refused() { # STATUS REGEX ARGUMENTS...
	local want=$1 regex=$2
	shift 2
	run events "$@"
	if [ $STATUS -ne "$want" ]; then
		not_ok "events $*" "status $STATUS, not $want"
	elif [ "$(wc -l <"$ERR")" -ne 1 ] || [ -s "$OUT" ]; then
		not_ok "events $*" "more or less than one line"
	elif ! grep -Eq "^skwatch: .*$regex" "$ERR"; then
		not_ok "events $*" "no line like: $regex"
	else
		ok "events $*: status $want and one line"
	fi
}
refused 2 'nothing-such' -t nothing-such
refused 2 '' -t ''
refused 2 '' -t rtt,,rto
refused 2 'column 8' --where 'srtt > bananas'
refused 2 '' -c many
refused 2 '' --duration yesterday
refused 2 'no-such-ns' --netns no-such-ns
refused 2 '' --ring-size 1Z
refused 2 'no-such-option' --no-such-option
refused 2 '' eth0
done_testing
