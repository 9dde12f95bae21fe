#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# After any end nothing of skwatch is left in the kernel, what others have attached is as before,
# and callbacks that another program asked for still come.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
pair
cgroup

# Somebody else's program, on the same cgroup, whose callbacks are counted.
mkfifo "$TMP/ask"
exec {ASK}<>"$TMP/ask"
"$SOCKOPS" "$CGROUP" <"$TMP/ask" >"$TMP/other" 2>&1 {ASK}>&- &
OTHER_PID=$!
STARTED+=("$OTHER_PID")
wait_for_line "$TMP/other" "$OTHER_PID" '^ready$' || bail "sockops: $(cat "$TMP/other")"
# callbacks: "RTT WRITE", as counted so far
callbacks() {
	local asked
	asked=$(wc -l <"$TMP/other") # the first line says ready
	echo >&"$ASK"
	wait_for_line "$TMP/other" "$OTHER_PID" "^$asked " || bail "sockops: $(cat "$TMP/other")"
	sed -n "s/^$asked rtt=\([0-9]*\) write=\([0-9]*\)/\1 \2/p" "$TMP/other"
}

# goes_on NAME: the other program's callbacks still come, on both ends of every connection
goes_on() {
	local before after
	before=$(callbacks)
	tell talk 5
	after=$(callbacks)
	[ "${after% *}" -gt "${before% *}" ] && [ "${after#* }" -gt "${before#* }" ]
	is "$?" 0 "$1: the other program's callbacks come ($before, then $after)"
}

# ids FIELD PID...: of the links or programs that these processes have descriptors of
ids() {
	local field=$1 pid
	shift
	for pid; do sed -n "s/^$field:\t//p" "/proc/$pid/fdinfo"/* 2>/dev/null; done | sort -un
}

attached() { bpftool cgroup tree "$CGROUP"; }

# gone KIND ID...: the kernel lets go of them a moment after their last holder.
gone() {
	local kind=$1 id tries
	shift
	for id; do
		for tries in {1..500}; do
			bpftool "$kind" show id "$id" >/dev/null 2>&1 || continue 2
			read -r -t 0.01 <> <(:)
		done
		echo "$kind $id is still there"
		return 1
	done
}

# what happens to it, and which of its processes it happens to
ends=("INT worker" "TERM worker" "KILL worker" "KILL keeper" "INT two")
commands=("top --json -d 0.2" "top --json --cgroup $CGROUP -d 0.2" "events --json --cgroup $CGROUP")

# Opened while only the other program was there.
conns "$A" hold v4 --peer "$B"
before=$(attached)
like "$before" "other" "the other program is attached"
goes_on "before"

for command in "${commands[@]}"; do
	for end in "${ends[@]}"; do
		[[ $command == *cgroup* ]] && where="on a cgroup" || where="on all"
		name="${command%% *} $where, ${end#* } ended by ${end% *}"
		launch "$A" $command
		if [[ $command == events* ]]; then
			wait_for_line "$ERR" "$PID" '^skwatch: watching '
		else
			await 1 '"proto":"tcp"'
		fi || { not_ok "$name" "it did not start"; break; }
		keeper=$(keeper_of "$PID")
		links=$(ids link_id "$PID" "$keeper")
		programs=$(ids prog_id "$PID" "$keeper")
		[ -n "$links" ] || not_ok "$name" "it attached nothing"
		goes_on "$name, before"
		case $end in
		*worker) kill "-${end% *}" "$PID" ;;
		*keeper) kill "-${end% *}" "$keeper" ;;
		*two) kill "-${end% *}" "$keeper" "$PID" ;;
		esac
		finish
		"$TRAFFIC" gone "$keeper"
		check "$name: its links are gone" gone link $links
		check "$name: its programs are gone" gone prog $programs
		is "$(attached)" "$before" "$name: what is attached is what was before"
		goes_on "$name, after"
	done
done

# A connection opened while both were there, and that has outlived one.
launch "$A" top --json -d 0.2 --cgroup "$CGROUP"
await 1 '"proto":"tcp"'
tell close
all_gone
conns "$A" hold v4 --peer "$B"
await 1 "\"local_port\":$(port_of v4 client),"
is "$?" 0 "a connection that was opened beside top"
kill -KILL "$PID"
finish
goes_on "opened beside top, which was killed"
done_testing
