#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A session ends when its time is over, when it is interrupted and when one of its two processes
# dies. It does so also while the reader of its standard output has stopped reading.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
# Rows for top: the lines of one tick are more than the pipe below takes.
conns "$A" hold v4 mapped-server mapped-client close-wait --peer "$B"

# begin ARGUMENTS...: skwatch in the background, while packets and connections come without end; it
# listens or watches when this returns. Its standard output is $SINK.
begin() {
	ip netns exec "$A" "$TRAFFIC" flood eth0 1000000 100 --pps 1000 >/dev/null 2>&1 &
	SENDER=$!
	ip netns exec "$A" "$CONNS" short 1000000 --peer "$B" --port 7301 >/dev/null 2>&1 &
	CALLER=$!
	STARTED+=("$SENDER" "$CALLER")
	ERR=$TMP/err
	: >"$ERR"
	nsenter --net="/run/netns/$A" "${as_typed[@]}" "$SKWATCH" "$@" >"$SINK" 2>"$ERR" \
		</dev/null {PIPE}>&- &
	PID=$!
	STARTED+=("$PID")
	[ "$1" = top ] && return # it says nothing before its first rows
	wait_for_line "$ERR" "$PID" '^skwatch: (listening on|watching|reading from) ' && return
	not_ok "skwatch $* starts" "it never said that it listens"
	exit 1
}

# into_pipe ARGUMENTS...: as begin, with a pipe for standard output that nobody reads and that is
# full when this returns. The pipe holds one page, so that the first lines fill it.
exec {PIPE}</dev/null
into_pipe() {
	rm -f "$TMP/pipe"
	mkfifo "$TMP/pipe"
	exec {PIPE}<&-
	exec {PIPE}<>"$TMP/pipe"
	"$TRAFFIC" narrow "$TMP/pipe" || bail "a pipe of one page can't be had"
	SINK=$TMP/pipe
	begin "$@"
	timeout $PATIENCE "$TRAFFIC" full "$TMP/pipe" || bail "skwatch $* writes nothing into its pipe"
}

# its_end NAME STATUS REGEX: waits for the end; that is the status, and one line is like REGEX.
its_end() {
	check "$1: it ends" timeout $PATIENCE "$TRAFFIC" gone "$PID" || kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	is "$?" "$2" "$1: with status $2"
	is "$(lines_like "$ERR" "^skwatch: .*$3")" 1 "$1: and says why"
	after
}

# after: the traffic ends as well.
after() {
	local pid
	for pid in "$SENDER" "$CALLER"; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		forget "$pid"
	done
	forget "$PID"
}

# figures_told NAME: the closing lines of the session that has just ended.
figures_told() {
	like "$(cat "$ERR")" '^(skwatch: )?[0-9]+ (packets captured|events printed)' "$1: with its closing figures"
}

# ---- its time is over, or it is interrupted, while nobody reads ----

takes='nobody takes the lines'
for command in "capture -i eth0" "events --netns self"; do
	name="a stopped reader, ${command%% *}"
	into_pipe $command --duration 3s
	its_end "$name --duration" 1 "$takes"
	figures_told "$name --duration"
done
for command in "capture -i eth0" "events --netns self" "top -b -d 0.1 --json --netns self"; do
	name="a stopped reader, ${command%% *}, interrupted"
	into_pipe $command
	kill -INT "$PID"
	its_end "$name" 1 "$takes"
done

# A file that is read: its lines go into the pipe as well.
SINK=$TMP/none
start "$A" capture -i eth0 -w "$TMP/read.pcap"
traffic "$A" flood eth0 5000 100
stop
into_pipe capture -r "$TMP/read.pcap"
kill -INT "$PID"
its_end "a stopped reader, capture -r, interrupted" 1 "$takes"

# ---- one of the two processes dies ----

# feed: a new file that never ends, so that skwatch waits for more of it.
exec {ENDLESS}</dev/null
feed() {
	rm -f "$TMP/endless"
	mkfifo "$TMP/endless"
	exec {ENDLESS}<&-
	exec {ENDLESS}<>"$TMP/endless"
	head -c 5000 "$TMP/read.pcap" >"$TMP/endless"
}

# Where the output of these goes, a file or the pipe, and what they are started with.
commands=(
	"pipe capture -i eth0"
	"pipe events --netns self"
	"pipe top -b -d 0.1 --json --netns self"
	"file capture -i eth0 -w $TMP/out.pcap"
	"file capture -r $TMP/endless -w $TMP/out.pcap"
)
# begin_one SINK ARGUMENTS...; $KEEPER is its other process.
begin_one() {
	local sink=$1
	shift
	[[ $* == *endless* ]] && feed
	if [ "$sink" = pipe ]; then
		into_pipe "$@"
	else
		SINK=$TMP/lines
		begin "$@"
	fi
	KEEPER=$(keeper_of "$PID")
	isnt "$KEEPER" "" "${*/$TMP/}: there are two processes"
}

for command in "${commands[@]}"; do
	[[ $command == pipe* ]] && where="a stopped reader, " || where=
	name="$where${command#* }, its keeper is killed"
	name=${name//$TMP\//}
	begin_one $command
	kill -KILL "$KEEPER"
	its_end "$name" 1 'privileged process has died'
done

for command in "${commands[@]}"; do
	[[ $command == pipe* ]] && where="a stopped reader, " || where=
	name="$where${command#* }, its worker is killed"
	name=${name//$TMP\//}
	begin_one $command
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	check "$name: its keeper goes" timeout $PATIENCE "$TRAFFIC" gone "$KEEPER"
	after
done

# A child that is not the keeper: of the shell that became skwatch.
said=$(inside "$A" bash -c 'sleep 0.1 & exec "$0" capture -i eth0 -w "$1" --duration 2.5s' "$SKWATCH" "$TMP/child.pcap" 2>&1)
is "$?" 0 "a child that is not the keeper may end"
unlike=$(grep -c 'privileged process' <<<"$said")
is "$unlike" 0 "without a word about the keeper"
done_testing
