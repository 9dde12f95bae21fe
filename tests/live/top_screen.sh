#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The screen of top in a real terminal (tmux): sizes, every key, a connection that closes while its
# detail is shown, poor terminals, signals, and the state of the terminal after any end.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need_conns
need_screen
pair
six
conns "$A" hold v4 listen --peer "$B"
tell talk 10
screens

# ---- sizes ----

top 80x24
shows '^ *OWNER +LOCAL +REMOTE +STATE .*SRTT v +RETR +RTO *$' "80x24: who, where and how slow"
shows 'conns .*10\.77\.0\.2:[0-9]+ +ESTAB' "80x24: a connection and its owner"
shows '^ F1 Help .*q Quit$' "80x24: what keys do"
tmux_ resize-window -t run -x 40 -y 10
shows '^ *OWNER +REMOTE +STATE +SRTT v$' "made 40x10 while it runs: only what matters"
shows '^ F1 Help .*q Quit$' "40x10: still what keys do"
tmux_ resize-window -t run -x 39 -y 10
shows '^skwatch needs 40 columns and 6 lines' "made narrower: it says so"
tmux_ resize-window -t run -x 132 -y 40
shows '^ *PID OWNER +LOCAL .*AGE .*RETR +RTO' "made 132x40: what 80 columns have no room for"
shows 'conns .*10\.77\.0\.1:[0-9]+ +[<>]? *10\.77\.0\.2:[0-9]+ +ESTAB' "132x40: whole addresses"
tmux_ resize-window -t run -x 80 -y 24
shows 'conns .*10\.77\.0\.1:[0-9]+ +[<>]? *10\.77\.0\.2:[0-9]+ +ESTAB' "80x24: whole addresses"
tmux_ resize-window -t run -x 200 -y 50
shows 'RTT, last 60 s' "made 200x50: all columns"
hides 'skwatch needs' "and no more complaint"

# ---- every key ----

# key KEY REGEX NAME: presses the key and tests what is seen then.
key() {
	send "$1"
	shows "$2" "$1: $3"
}
for help in F1 h '?'; do
	key "$help" '^ Keys' "help"
	key Escape '^ *PID OWNER' "back"
done
for columns in F2 S; do
	key $columns '^ Columns: .*Space' "the columns"
	key q '^ *PID OWNER' "back"
done
send F2
key Space '^ \[ \] PID' "a column less"
key r '^ \[x\] PID' "the usual columns again"
key + '^ \[x\] OWNER' "moves a column"
send Escape
shows '^ *OWNER +PID' "the columns are in the order that was chosen"
send F2 Down - r Escape
key F3 '^Search:' "search"
send conns Enter
hides '^Search' "Enter ends the search"
send n N
for search in / F3; do
	send $search
	send 'no such thing'
	shows 'not found' "$search: what is not there"
	send Escape
	hides '^Search' "Escape ends it"
done
send F4 'srtt > '
shows 'expected a value' "F4: an expression that is not complete"
send '1h' Enter
shows 'No connection matches' "F4: filters"
shows 'filter srtt > 1h' "the head says that it does"
send '\' C-u Enter
shows 'no filter' "\\: an empty one filters nothing"
shows 'conns .*ESTAB' "and all are there again"
for group in process pid remote port cgroup netns state; do
	key F5 "by $group" "group"
done
shows 'ESTABLISHED +[0-9]' "a group and what it has"
send g
hides 'by state' "g: no groups after the last"
send g
shows '^ GROUP +CONNS +CLOSED' "open and closed connections of a group"
send / conns Enter Enter
shows 'comm = "conns"' "Enter: the connections of a group"
shows '[0-9]+ of [0-9,]+ connections?' "how many of all these are"
key Escape 'by process' "back to the groups"
shows 'no filter' "and to the filter of before"
send Escape g g g g g g g
hides 'by [a-z]+ ' "and on to no groups"
for sort in F6 '>' '<'; do
	key "$sort" '^ Sort by' "what to sort by"
	send Escape
done
send F6 Home Down Enter
shows 'sort OWNER \^' "F6: sorted by what was chosen"
key I 'sort OWNER v' "inverted"
key P 'sort TX/s v' "the busiest first"
key P 'sort RX/s v' "again: those that receive"
key M 'sort SENDQ v' "the longest queue first"
key T 'sort AGE v' "the oldest first"
key R 'sort SRTT v' "the slowest first"
send Home
key t '^#' "tags"
key o 'only tagged' "shows only what is tagged"
is "$(shot | grep -c '^#')" 1 "which is one"
send o U
hides 'only tagged' "o: all again"
hides '^#' "U: and no tags"
key Z 'PAUSED' "paused"
FROZEN=$(shot | grep -Eo '[0-9]{2}:[0-9]{2}:[0-9]{2}' | head -n 1)
tell talk 3
send Down
is "$(shot | grep -Eo '[0-9]{2}:[0-9]{2}:[0-9]{2}' | head -n 1)" "$FROZEN" "paused means paused"
send Space
hides 'PAUSED' "Space: goes on"
key F 'stay here after its close' "follows"
shows 'following conns' "the head says so"
key F 'No connection is followed' "and no longer"
key l 'LISTEN ' "listeners too"
send l
hides 'LISTEN ' "l: and no longer"
key + 'every 0.5 s' "less often"
key - 'every 0.2 s' "more often"
send d 0.3 Enter
shows 'every 0.3 s' "d: an interval that was typed"
for move in Up Down k j PgUp PgDn C-b C-f Home End G; do send $move; done
shows 'conns .*ESTAB' "moving: the list is still there"
wipes "(the terminal forgets its screen)"
key C-l 'conns .*ESTAB' "drawn anew"
send Home
key Enter '^ when +what' "the detail"
shows "^ command +.*conns hold v4 listen --peer" "its command line"
shows "^ program +/.*/conns$" "its program"
shows "^ started +[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}" "since when it runs"
shows "^ parents +[a-z_]+ \[[0-9]+\]" "and who started it"
key Tab '^ rtt_samples +[0-9]' "all fields"
key Tab '^ when +what' "the story again"
for move in Up Down PgUp PgDn Home End; do send $move; done
key q '^ *PID OWNER' "back"

# xterm reports the mouse as button, column and line, with 32 added to each.
click() { # LINE COLUMN: pressed (20) and released (23)
	local x y
	x=$(printf '%x' $(($2 + 33)))
	y=$(printf '%x' $(($1 + 33)))
	tmux_ send-keys -t run -H 1b 5b 4d 20 "$x" "$y" 1b 5b 4d 23 "$x" "$y"
}
titles=$(shot | grep -n ' LOCAL ')
line=$((${titles%%:*} - 1))
before=${titles%%STATE*}
before=${before#*:}
click "$line" "${#before}"
shows 'sort STATE \^' "a click on a title sorts by it"
click "$line" "${#before}"
shows 'sort STATE v' "another one inverts"
click $((line + 1)) 10
click $((line + 1)) 10
shows '^ when +what' "a double click opens the detail"

# ---- a connection that closes while its detail is shown ----

shows 'ESTABLISHED +conns' "(the detail of a connection)"
tell close
shows 'CLOSED +conns|TIME_WAIT +conns' "its detail stays when it closes"
shows 'closed [0-9:]{8}, (fin|reset)' "and says when and why"
shows '^ [0-9:.]{12}  .* -> CLOSED|^ sent +[0-9.]+ ' "with what it did last"
send q
key q 'status=0' "ends with status 0"
as_before "and the terminal is as it was"
check "what was chosen is kept" grep -q '^sort = state$' "$XDG_CONFIG_HOME/skwatch/top"
rm -f "$XDG_CONFIG_HOME/skwatch/top"
all_gone
conns "$A" hold v4 listen --peer "$B"
tell talk 10

# ---- poor terminals ----

top 100x20 LC_ALL=C
sees 'conns .*ESTAB'
shot >"$TMP/c"
is "$(LC_ALL=C grep -c '[^ -~]' "$TMP/c")" 0 "LC_ALL=C: nothing but ASCII"
key C-c 'status=0' "ends it"
as_before "Ctrl-C: the terminal is as it was"
top 80x24 TERM=vt100
shows 'conns .*ESTAB' "TERM=vt100: works"
is "$(tmux_ capture-pane -e -p -t run | grep -Ec $'\e\\[([0-9]+;)*[34][0-8][;m]')" 0 "without colours"
key F10 'status=0' "ends it"
for term in TERM=dumb TERM= TERM=nonsense; do
	top 100x20 $term
	sees 'status='
	shows 'status=1' "$term: refused"
	shows 'use -b' "and told what to do instead"
done
top 100x20
sees 'conns .*ESTAB'
send q
sees 'status='
send "$NSENTER $SKWATCH top </dev/null; echo status=\$?" Enter
shows 'standard input is no terminal' "no terminal to read from: refused"

# A terminal without a second screen: the shell goes on below, on a line of its own.
top 80x24 TERM=vt100
sees 'conns .*ESTAB'
send q
shows '^status=0$' "TERM=vt100: the last line is the shell's again"

# ---- several namespaces, a listener that is too slow ----

# It accepts nothing, and only one connection may wait for it.
ip netns exec "$A" python3 -c '
import select, socket
server = socket.create_server(("10.77.0.1", 0), backlog=0)
clients = [socket.create_connection(server.getsockname())]
open("'"$TMP"'/slow", "w").write("ready\n")
select.select([], [], [])' &
SLOW=$!
STARTED+=("$SLOW")
becomes test -s "$TMP/slow"
shell 132x40
send "$NSENTER $SKWATCH top -l -d 0.2 -f 'pid = $SLOW and state = listen'" Enter
shows '^ *PID OWNER +NETNS +LOCAL' "more than one namespace: their names have a column"
shows "^!.*$SLOW +python.* $A .*10\.77\.0\.1:[0-9]+ .*LISTEN" "a listener that overflows is marked"
send Enter
shows '^ queue +not accepted yet 1 connection, at most 0 +OVERFLOW +dropped [0-9]+' "its detail tells its queue"
tmux_ resize-window -t run -x 80 -y 24
shows 'OVERFLOW' "80x24: too"
tmux_ resize-window -t run -x 40 -y 10
shows 'OVERFLOW' "40x10: too"
send q q
kill "$SLOW"

# ---- signals ----

top 100x20
sees 'conns .*ESTAB'
kill -TERM "$(worker)"
shows 'status=0' "SIGTERM: an orderly end"
as_before "SIGTERM: the terminal is as it was"

# There is no shell here, which would take the terminal in the meantime.
tmux_ kill-session -t run
tmux_ new-session -d -s run -x 100 -y 20 env LC_ALL=C.UTF-8 \
	nsenter "--net=/run/netns/$A" "$SKWATCH" top --netns self -d 0.2
sees 'conns .*ESTAB'
PID=$(of_pane pane_pid)
kill -STOP "$PID"
is_stopped() { grep -q '^State:.*T' "/proc/$PID/status"; }
becomes is_stopped
wipes "(SIGSTOP, and the terminal forgets its screen)"
kill -CONT "$PID"
shows 'conns .*ESTAB' "SIGCONT: drawn anew"
key F1 '^ Keys' "takes keys again"

top 100x20
sees 'conns .*ESTAB'
send C-z
shows 'Stopped' "Ctrl-Z: the shell is back"
is "$(of_pane alternate_on)$(of_pane mouse_any_flag)$(of_pane cursor_flag)" 001 \
	"with a terminal to work in"
send fg Enter
shows '^ F1 Help .*q Quit$' "fg: so is the screen"
key F1 '^ Keys' "takes keys"
send Escape q
hides '^ F1 Help' "and ends"

# These shells have no line editor, which would change the modes for itself. dash has the terminal
# again before the keeper has looked, if that is stopped meanwhile.
for shell in bash dash; do
	tmux_ kill-session -t run
	tmux_ new-session -d -s run -x 100 -y 20 env LC_ALL=C.UTF-8 $shell -c "
		read -r go; $NSENTER $SKWATCH top --netns self -d 0.2; exec cat"
	BEFORE=$(terminal)
	send Enter
	sees 'conns .*ESTAB'
	isnt "$(terminal)" "$BEFORE" "($shell: the screen changes the terminal's modes)"
	worker=$(worker)
	keeper=$(keeper_of "$worker")
	[ $shell = bash ] || kill -STOP "$keeper"
	kill -KILL "$worker"
	[ $shell = bash ] || check "$shell: the worker has gone" "$TRAFFIC" gone "$worker"
	kill -CONT "$keeper"
	as_before "$shell: SIGKILL: the terminal is as it was all the same"
done
done_testing
