#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The live table of messages in a real terminal (tmux): sizes, every key, Ctrl-Z, its end, and that
# no content of messages is on it.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need python3
need_screen
pair
screens

: >"$TMP/server.out"
ip netns exec "$A" python3 "$srcdir/tests/live/web_peers.py" server 10.77.0.1 >"$TMP/server.out" &
STARTED+=($!)
wait_for_line "$TMP/server.out" "$!" ready || bail "the server did not start"
mkfifo "$TMP/asks"
ip netns exec "$B" python3 "$srcdir/tests/live/web_peers.py" client 10.77.0.1 <"$TMP/asks" &
STARTED+=($!)
exec 9>"$TMP/asks"
ask() { echo "$*" >&9; }

# first_is REGEX: whether the first line below the titles is like that.
first_is() { shot | grep -A1 '^ *CLIENT' | tail -n 1 | grep -Eq -- "$1"; }
# live WIDTHxHEIGHT [VAR=VALUE...] [OPTION...]
live() {
	local vars=() size=$1
	shift
	while [[ ${1-} == [A-Z]*=* ]]; do
		vars+=("$1")
		shift
	done
	shell "$size"
	types "${vars[*]} $NSENTER $SKWATCH messages -i eth0 --summary -d 0.2 $*"
}
key() {
	send "$1"
	shows "$2" "$1: $3"
}

# ---- sizes ----

live 100x24
shows '^ *CLIENT +SERVER +PROTO +KIND ' "100x24: the titles"
shows 'No messages yet' "and nothing yet"
ask 20 '/page?planted=query' /slow0
ask 3 /broken
ask 1 /slow
shows '^.*python3? +http +GET /page +20 ' "a group with its server's process and its count"
shows '^!.*GET /broken +3 ' "failures have a mark"
shows 'GET /slow +1 .*3[0-9][0-9](\.[0-9])?ms' "and a slow one its latency"
shows '44 messages' "the head has the sum"
shows '3 errors' "and the errors"
shows '0 packets lost' "and what was lost"
shows '^ F1 Help .*q Quit$' "and the last line the keys"
hides 'planted' "the query is not shown"
tmux_ resize-window -t run -x 40 -y 10
shows '^ *KIND +COUNT +ERR +P99' "made 40x10 while it runs: only what matters"
shows 'GET /broken +3 +3 ' "and the figures"
tmux_ resize-window -t run -x 39 -y 10
shows '^skwatch needs 40 columns and 6 lines' "made narrower: it says so"
tmux_ resize-window -t run -x 160 -y 30
shows '^ *CLIENT +SERVER +PROTO +KIND +COUNT +RATE/S +ERR +NOANSW +P50 +P90 +P99 +MAX +TIME v +REQ +ANSW' \
	"made 160x30: all columns"

# ---- every key ----

for help in F1 h '?'; do
	key "$help" '^ Keys' "help"
	key Escape '^ *CLIENT' "back"
done
key F1 '^ Keys' "help"
key End 'sum of latencies' "down to the fields of filters"
send q
key C 'sort COUNT v' "by count"
key C 'sort RATE/S v' "again: by rate"
key E 'sort ERR v' "by errors"
becomes first_is 'GET /broken' && ok "so the failures are first" || not_ok "so the failures are first" "$(shot)"
key E 'sort NOANSW v' "again: those without an answer"
key P 'sort P99 v' "by p99"
key P 'sort MAX v' "again: by the highest latency"
key I 'sort MAX \^' "inverted"
key T 'sort TIME v' "by time"
key F6 '^ Sort by' "what to sort by"
send Home Down Down Down Enter
shows 'sort KIND v' "sorted by what was chosen"
for sort in '>' '<'; do
	key "$sort" '^ Sort by' "what to sort by"
	send Escape
done
key F3 '^Search:' "search"
send broken Enter
hides '^Search' "Enter ends the search"
send n N
send / 'no such thing'
shows 'not found' "/: what is not there"
send Escape
hides '^Search' "Escape ends it"
send F4 'p99 > '
shows 'expected a value' "F4: an expression that is not complete"
send '1h' Enter
shows 'No group matches' "F4: filters"
shows 'filter p99 > 1h' "the head says that it does"
shows '0 of 4 groups' "and how many are left"
send '\' C-u 'errors > 50% and comm ~ python' Enter
shows '1 of 4 groups' "\\: by errors in percent, and a process on either side"
send '\' C-u Enter
shows 'no filter' "\\: an empty one filters nothing"
key Z 'PAUSED' "paused"
ask 5 /late
send Down
hides 'GET /late' "paused means paused"
key Space 'GET /late +5' "Space: goes on, and nothing was missed"
key + 'every 0.5 s' "less often"
key - 'every 0.2 s' "more often"
send d 0.3 Enter
shows 'every 0.3 s' "d: an interval that was typed"
for move in Up Down k j PgUp PgDn C-b C-f Home End G; do send $move; done
shows 'GET /late +5' "moving: the list is still there"
tmux_ send-keys -R -t run
key C-l 'GET /late +5' "drawn anew"
send C-z
shows 'Stopped' "Ctrl-Z stops it"
as_before "and the terminal is as before"
send "fg; echo status=\$?" Enter
shows 'GET /late +5' "fg: it is back"
ask 1 /again
shows 'GET /again +1' "and it counts"

# ---- its end ----

key C 'sort COUNT v' "by count"
send q
shows '^status=0' "q: it ends with status 0"
as_before "the terminal is as before"
shows '^CLIENT +SERVER +PROTO +COUNT +RATE/S' "the last table is printed"
shows 'http +20 .*GET /page' "with its groups"
shows 'messages, 50 in the table' "and the figures"
hides 'planted' "and no query"
live 80x24 -b --duration 1s
shows '^status=0' "-b: ends after --duration"
hides 'F1 Help' "and there was no screen"
live 80x24 -c 3
shows '^ F1 Help' "-c on a screen"
ask 3 /three
shows '^status=0' "ends by itself"
shows 'GET /three$' "and prints its table"
live 80x24 TERM=dumb
shows "can't move its" "a poor terminal: the error names -b"
shows '^status=' "and it ends"
live 80x24
shows '^ F1 Help' "a screen whose worker is killed"
kill -9 "$(pgrep -P "$(worker)" -x skwatch || worker)"
shows '^status=' "it ends"
as_before "and the terminal is as before"
ip netns exec "$A" "$SKWATCH" messages -i eth0 --summary -d 0.2 --duration 1s >"$TMP/out" 2>"$TMP/err"
is "$? $(grep -c 'CLIENT' "$TMP/out")" "0 1" "not on a terminal: the table at the end"
"$SKWATCH" messages -d 2 >"$TMP/out" 2>"$TMP/err"
is "$? $(cat "$TMP/err")" "2 skwatch: -d: only the table of --summary has that" "-d is for the table"
exec 9>&-
done_testing
