#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# At the limit of open files there is one line that tells the limit and what to do, and nothing is
# attached or created.
. "${srcdir:?}/tests/live/lib.sh"
need root

# limited SOFT HARD ARGUMENTS...: skwatch with these limits; sets $STATUS.
limited() {
	local soft=$1 hard=$2
	shift 2
	ERR=$TMP/limited.err
	(ulimit -Sn "$soft" && ulimit -Hn "$hard" && exec "$SKWATCH" "$@") >"$TMP/limited.out" 2>"$ERR" </dev/null
	STATUS=$?
}
# With fewer, the program may not even find its libraries.
for n in 8 10 12 16 20 24 32 48; do
	bad=
	for command in "capture -i lo -c 1 -w $TMP/x.pcap" "capture -c 1" "top -b -n 1" "events --duration 1s"; do
		limited $n $n $command
		[ "$STATUS $(wc -l <"$ERR")" = "1 1" ] && grep -Eq "may open $n files.*ulimit -n|Too many open files; .*ulimit -n" "$ERR" ||
			bad+="$command: status $STATUS: $(cat "$ERR")"$'\n'
	done
	is "$bad" "" "$n descriptors: each command says so in one line"
done
is "$(ls "$TMP/x.pcap" 2>/dev/null)" "" "no file is created"

# Only the soft limit is low: a process may raise it by itself.
for command in "capture -i lo --duration 100ms -w $TMP/x.pcap" "capture --duration 100ms -w $TMP/x.pcapng" "top -b -n 1" "events --duration 100ms"; do
	limited 16 4096 $command
	is "$STATUS" 0 "$command: raises its own limit"
done
done_testing
