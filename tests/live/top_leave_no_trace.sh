#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# After any end nothing of skwatch is left in the kernel. Programs that others have attached are
# still there, and another program still gets the callbacks that it asked for.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
pair
cgroup

# Another program on the same cgroup, which counts its callbacks.
mkfifo "$TMP/ask"
exec {ASK}<>"$TMP/ask"
"$SOCKOPS" "$CGROUP" <"$TMP/ask" >"$TMP/other" 2>&1 {ASK}>&- &
OTHER_PID=$!
STARTED+=("$OTHER_PID")
wait_for_line "$TMP/other" "$OTHER_PID" '^ready$' || bail "sockops: $(cat "$TMP/other")"
# callbacks: prints "RTT WRITE", the numbers of callbacks so far.
callbacks() {
	local asked
	asked=$(wc -l <"$TMP/other") # the first line says ready
	echo >&"$ASK"
	wait_for_line "$TMP/other" "$OTHER_PID" "^$asked " || bail "sockops: $(cat "$TMP/other")"
	sed -n "s/^$asked rtt=\([0-9]*\) write=\([0-9]*\)/\1 \2/p" "$TMP/other"
}

# goes_on NAME: whether the other program still gets its callbacks.
goes_on() {
	local before after
	before=$(callbacks)
	tell talk 5
	after=$(callbacks)
	[ "${after% *}" -gt "${before% *}" ] && [ "${after#* }" -gt "${before#* }" ]
	is "$?" 0 "$1: the other program's callbacks come ($before, then $after)"
}

# ids FIELD PID...: the ids of the links or programs that these processes hold.
ids() {
	local field=$1 pid
	shift
	for pid; do sed -n "s/^$field:\t//p" "/proc/$pid/fdinfo"/* 2>/dev/null; done | sort -un
}

attached() { bpftool cgroup tree "$CGROUP"; }

# gone KIND ID...: waits until the kernel has freed them, which it does some time after their last
# holder has ended.
gone() {
	local kind=$1 id
	shift
	for id; do
		becomes unknown "$kind" "$id" && continue
		echo "$kind $id is still there"
		return 1
	done
}
unknown() { ! bpftool "$1" show id "$2" >/dev/null 2>&1; }

# A signal, and the process that gets it.
ends=("INT worker" "TERM worker" "KILL worker" "KILL keeper" "INT two")
commands=("top --json -d 0.2" "top --json --cgroup $CGROUP -d 0.2" "events --json --cgroup $CGROUP")

# These are opened while only the other program is there.
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

# A connection that is opened while both programs are there, and that outlives skwatch.
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
