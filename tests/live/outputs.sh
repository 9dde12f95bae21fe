#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Output files that others have planted, and commands for each file: nothing holds the end up, and
# nothing survives it.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
getent passwd nobody >/dev/null || skip_all "there is no user nobody"
pair
# keeper_waits WORKER: whether the keeper waits in the open of a pipe.
keeper_waits() {
	local pid
	for pid in $(cat "/proc/$1/task/$1/children"); do
		grep -qE 'wait_for_partner|fifo_open' "/proc/$pid/wchan" && return
	done
	return 1
}
counts_has() { [ "$(wc -l <"$TMP/counts")" -ge "$1" ]; }

mkdir -m 777 "$TMP/open"
cd "$TMP/open" || bail "no folder"

# A pipe of somebody else, where the next file is to be. Its open must not wait for a reader.
mkfifo f.pcap1
chown nobody f.pcap1
start "$A" capture -i eth0 -w "$TMP/open/f.pcap" -C 1
traffic "$A" flood eth0 1500 1000 --pps 20000
finish
is "$STATUS" 1 "a planted pipe ends the capture"
like "$(cat "$ERR")" 'f\.pcap1: it is a pipe that nobody reads' "which says why"
check "the file before it is complete" "$TRAFFIC" check "$TMP/open/f.pcap"
rm f.pcap*

# The first file may be a pipe: the user's own is waited for, somebody else's is not.
mkfifo theirs
chown nobody theirs
launch "$A" capture -i eth0 -w "$TMP/open/theirs"
finish
is "$STATUS" 1 "somebody else's pipe is not waited for"
like "$(cat "$ERR")" 'theirs: (it is a pipe that nobody reads|Permission denied)' "which is told"

mkdir -m 700 "$TMP/mine"
mkfifo "$TMP/mine/pipe"
launch "$A" capture -i eth0 -w "$TMP/mine/pipe"
tcpdump -nn -r "$TMP/mine/pipe" >"$TMP/read" 2>"$TMP/complaint" &
reader=$!
check "one's own is waited for" wait_for_line "$ERR" "$PID" '^skwatch: listening on '
traffic "$A" flood eth0 10 100
stop INT
wait "$reader"
is "$? $STATUS $(wc -l <"$TMP/read")" "0 0 10" "and gets the packets"

# The keeper waits for the reader of USER's pipe while its worker is killed.
for how in "" "-Z nobody"; do
	mkdir -m 700 "$TMP/theirs${how:+z}"
	dir=$TMP/theirs${how:+z}
	mkfifo "$dir/pipe"
	[ -z "$how" ] || chown -R nobody "$dir"
	launch "$A" capture -i eth0 -w "$dir/pipe" $how
	worker=$PID
	becomes keeper_waits "$worker" || not_ok "${how:-root}: the keeper waits"
	keeper=$(keeper_of "$worker")
	kill -KILL "$worker"
	wait "$worker" 2>/dev/null
	forget "$worker"
	check "${how:-root}: a keeper that waits ends with its worker" "$TRAFFIC" gone "$keeper"
done

# Commands: at most 8 at once, the others wait for their turn, and each file has its own.
mkfifo "$TMP/gate"
cat >"$TMP/slow" <<-'END'
	#!/bin/sh
	dir=${0%/*}
	touch "$dir/running.$$"
	ls "$dir" | grep -c '^running\.' >>"$dir/counts"
	read -r go <"$dir/gate"
	rm "$dir/running.$$"
	echo "$1" >>"$dir/done"
END
chmod 755 "$TMP/slow"
: >"$TMP/counts"
start "$A" capture -i eth0 -w -n.pcap -C 1 -z "$TMP/slow"
traffic "$A" flood eth0 12500 1000 --pps 20000
check "8 commands run" becomes counts_has 8
kill -INT "$PID"
# The gate is open: each command reads its end.
while is_child "$PID"; do
	timeout 1 sh -c ': >"$1"' x "$TMP/gate"
done
finish
is "$STATUS" 0 "the program ends when all have ended"
is "$(sort -n "$TMP/counts" | tail -n 1)" 8 "never more than 8 ran at once"
files=$(ls | grep -c '^-n\.pcap')
is "$(wc -l <"$TMP/done")" "$files" "each file had its command"
is "$(sort -u "$TMP/done" | grep -c '^\./-n\.pcap')" "$files" "a name that begins with a dash is no option"
done_testing
