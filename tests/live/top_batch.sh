#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top without a screen: text, JSON and CSV; the number, the choice, the order and the sums of rows;
# wrong arguments; readers that leave, and a full disk.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
conns "$A" hold v4 v6 listen close-wait udp udp-connected --peer "$B"
tell talk 10

# ---- forms ----

once "$A" -n 1 --netns self
is "$STATUS" 0 "text: status 0"
is "$(lines_like "$OUT" '^ *[0-9]+ conns .*ESTABLISHED')" 4 "text: a line for each connection that is open"
is "$(lines_like "$OUT" '10\.77\.0\.2:'"$(port_of v4)"' .*ESTABLISHED')" 1 "text: with its peer"
is "$(lines_like "$OUT" 'LISTEN  |UNCONN  ')" 0 "text: no listeners unless asked for"
is "$(LC_ALL=C grep -c '[^[:print:][:space:]]' "$OUT")" 0 "text: plain characters"

once "$A" -n 1 --netns self -l
is "$(lines_like "$OUT" 'conns .* LISTEN ')" 2 "-l: listeners"
is "$(lines_like "$OUT" ' udp .* UNCONN ')" 2 "-l: and unconnected UDP sockets"

once "$A" -n 1 --netns self --json
check "--json: objects" "${ROWS[@]}" fields "$OUT"
rows=$("${ROWS[@]}" count "$OUT" True)

once "$A" -n 1 --netns self --csv
is "$STATUS $(wc -l <"$OUT")" "0 $((rows + 1))" "--csv: headers and as many rows"
check "--csv: the fields of JSON" python3 -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
assert list(rows[0])[:3] == ["ts", "cookie", "netns"] and len(rows[0]) == 80, list(rows[0])
assert {r["state"] for r in rows if r["proto"] == "tcp"} == {"ESTABLISHED", "FIN_WAIT2"}, rows
assert all(r["pid"] == sys.argv[2] and None not in r.values() for r in rows), rows
assert all(r["closed_at"] == "" for r in rows), rows' "$OUT" "$CONNS_PID"

once "$A" -n 3 -d 0.2 --netns self --json
is "$STATUS $("${ROWS[@]}" count "$OUT" True)" "0 $((3 * rows))" "-n 3: three times all rows"
is "$("${ROWS[@]}" count "$OUT" 'proto == "tcp" and tx_bps == 0')" $((2 * 3)) "... with rates from the second on"
once "$A" -n 2 -d 0.2 --netns self --csv
is "$(lines_like "$OUT" '^ts,')" 1 "--csv: headers once"
launch "$A" top -b -d 0.2 --netns self
await 2 '^ *PID '
is "$?" 0 "without -n: it goes on"
stop
is "$STATUS $(cat "$ERR")" "0 " "and ends by SIGINT, with status 0 and no word"

# ---- the choice and the order of rows ----

once "$A" -n 1 --netns self --json -f "rport = $(port_of v6)"
is "$("${ROWS[@]}" get "$OUT" True remote_addr remote_port)" "fd77::2 $(port_of v6)" "-f: only what matches"
once "$A" -n 1 --netns self --json -f 'comm ~ conns and remote ~ 10.77.0.0/24 and state = established and not proto = udp'
is "$("${ROWS[@]}" get "$OUT" True remote_port)" "$(port_of v4)" "-f: words joined"
once "$A" -n 1 --netns self --json -f 'comm = con* and comm =~ "^c.nns$" and uid = root and dst 10.77.0.0/24'
is "$("${ROWS[@]}" get "$OUT" 'proto == "tcp"' remote_port | sort -u | grep -cx "$(port_of v4)")" 1 \
	"-f: patterns, a user and the words of ss"
once "$A" -n 1 --netns self --json -f 'srtt >= min_rtt and srtt < 1000000 * min_rtt and port != https'
is "$STATUS $("${ROWS[@]}" count "$OUT" "remote_port == $(port_of v4)")" "0 1" "-f: fields and a service"
once "$A" -n 1 --netns self --json -f 'comm = nobody'
is "$STATUS $(wc -l <"$OUT")" "0 0" "-f: nothing matches"
for key in rport -rport; do
	once "$A" -n 1 --netns self --json -s $key -f 'proto = tcp'
	"${ROWS[@]}" get "$OUT" True remote_port >"$TMP/order"
	sort -n $([ $key = rport ] && echo -r) "$TMP/order" >"$TMP/sorted"
	check "-s $key: in that order" cmp "$TMP/order" "$TMP/sorted"
done
once "$A" -n 1 --netns self -b -g state
is "$STATUS" 0 "-g state: status 0"
like "$(cat "$OUT")" '^ESTABLISHED +[34] ' "-g state: so many of each"
once "$A" -n 1 --netns self -g process
like "$(cat "$OUT")" '^conns.* +[0-9]+ ' "-g process: who has them"
once "$A" -n 1 --netns self -g remote
like "$(cat "$OUT")" '^10\.77\.0\.2 ' "-g remote: with whom"
once "$A" -n 1 --netns self -g port
is "$STATUS" 0 "-g port: status 0"
once "$A" -n 1 --netns self -g pid
like "$(cat "$OUT")" "^conns\\[$CONNS_PID\\] +[0-9]+ +0 " "-g pid: which process has them, and none is closed"
once "$A" -n 1 -g netns
like "$(cat "$OUT")" "^$B +[0-9]+ " "-g netns: where they are"
once "$A" -n 2 -d 0.2 --netns self -g process --json
is "$("${ROWS[@]}" get "$OUT" 'name == "conns"' update group closed host)" \
	"1 process 0 $(hostname)"$'\n'"2 process 0 $(hostname)" "-g --json: an object for each group and update"
once "$A" -n 2 -d 0.2 --netns self -g process --csv
is "$(lines_like "$OUT" '^ts,group,name,')$(lines_like "$OUT" '^[^,]*,process,conns,,,')" 12 "-g --csv: a line for each"
once "$A" -n 1 --netns self -b -f "rport = $(port_of v4)"
like "$(cat "$OUT")" '^matching the filter: 1 connections  0 closed ' "-b -f: the sum of what matches"

# ---- closed connections ----

launch "$A" top --json -d 0.2 --netns self --closed 1h
await 1 "\"remote_port\":$(port_of v4),"
tell close
await 2 "\"remote_port\":$(port_of v4),.*\"close_reason\":\"fin\""
is "$?" 0 "--closed: what has ended stays, with its reason"
stop
is "$("${ROWS[@]}" get "$OUT" "close_reason == 'fin' and remote_port == $(port_of v4)" bytes_acked pid | sort -u)" \
	"13002 $CONNS_PID" "--closed: with its final figures and its owner"

# ---- wrong arguments ----

# refused STATUS REGEX ARGUMENTS...: whether top ends with that status and one line like that.
refused() {
	local want=$1 regex=$2
	shift 2
	run top "$@"
	if [ $STATUS -ne "$want" ]; then
		not_ok "top $*" "status $STATUS, not $want"
	elif [ "$(wc -l <"$ERR")" -ne 1 ] || [ -s "$OUT" ]; then
		not_ok "top $*" "more or less than one line"
	elif ! grep -Eq "^skwatch: .*$regex" "$ERR"; then
		not_ok "top $*" "no line like: $regex"
	else
		ok "top $*: status $want and one line"
	fi
}
refused 2 'column 1: .*srt.*' -b -n 1 -f 'srt > 5ms'
refused 2 'column 8' -b -n 1 -f 'srtt > bananas'
refused 2 'column' -b -n 1 -f '(srtt > 5ms'
refused 2 'no-such-key' -b -n 1 -s no-such-key
refused 2 'no-such-group' -b -n 1 -g no-such-group
refused 2 'no-such-ns' -b -n 1 --netns no-such-ns
refused 2 'no process has this number' -b -n 1 --netns 4194305
refused 2 'no-such-cgroup' -b -n 1 --cgroup no-such-cgroup
refused 2 '' -b -n many
refused 2 '' -b -n -1
refused 2 '-d' -b -d 0.01
refused 2 '' -b -d soon
refused 2 '' --json --csv
refused 2 'no-such-option' --no-such-option
refused 2 'arguments' eth0

# Without privileges, the message tells which are needed and how to give them.
if command -v setpriv >/dev/null; then
	ERR=$TMP/poor.err
	chmod 755 "$TMP"
	cp "$SKWATCH" "$TMP/skwatch"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/skwatch" top -b -n 1 \
		>"$TMP/poor.out" 2>"$ERR" </dev/null
	is "$? $(wc -l <"$ERR") $(wc -c <"$TMP/poor.out")" "1 1 0" "without privileges: status 1 and one line"
	like "$(cat "$ERR")" 'CAP_BPF.*setcap|CAP_NET_ADMIN.*setcap' "which names them and setcap"
	caps=+bpf,+net_admin,+perfmon
	nsenter --net="/run/netns/$A" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps $caps --ambient-caps $caps "$TMP/skwatch" top --json -n 1 \
		>"$TMP/poor.out" 2>"$ERR" </dev/null
	is "$? $(wc -l <"$ERR")" "0 1" "with the three it takes: status 0 and one line"
	like "$(cat "$ERR")" 'only this network namespace.*CAP_SYS_ADMIN' "which says what is left out"
	is "$("${ROWS[@]}" get "$TMP/poor.out" 'state == "ESTABLISHED"' netns | sort -u)" "$(inode_of "$A")" \
		"and the rows of this namespace"
else
	skip "without privileges" "setpriv is not installed"
fi

# ---- pipes and disks ----

# A pipe whose reader leaves after the first line.
nsenter --net="/run/netns/$A" "${as_typed[@]}" "$SKWATCH" top -b -d 0.1 --netns self \
	2>"$TMP/pipe.err" | head -n 1 >"$TMP/pipe.out"
statuses="${PIPESTATUS[*]}"
is "$(wc -l <"$TMP/pipe.out") $statuses" "1 0 0" "| head -n 1: it ends, with status 0"
is "$(cat "$TMP/pipe.err")" "" "| head -n 1: and without a word"
# A reader that leaves is noticed although the next line is an hour away.
nsenter --net="/run/netns/$A" "${as_typed[@]}" "$SKWATCH" top -b -d 1h --netns self \
	2>"$TMP/pipe.err" | head -n 1 >"$TMP/pipe.out"
statuses="${PIPESTATUS[*]}"
is "$(wc -l <"$TMP/pipe.out") $statuses $(cat "$TMP/pipe.err")" "1 0 0 " "-d 1h | head -n 1: it ends at once"

# few COMMAND...: what it says if few files may be open at once, and if it has little memory.
few() { (ulimit -n 24; exec nsenter --net="/run/netns/$A" "$SKWATCH" "$@" 2>&1 >/dev/null); }
for command in "top -b -n 1" "events --duration 1s" "capture -i lo --duration 1s"; do
	# shellcheck disable=SC2086 # each has several words
	said=$(few $command)
	is "$? $(wc -l <<<"$said")" "1 1" "24 descriptors, $command: status 1 and one line"
	like "$said" '^skwatch: this process may open 24 files.*ulimit -n' "24 descriptors, $command: which tells what to do"
done
# A limit that can be raised is no reason to complain.
said=$(ulimit -Sn 24; nsenter --net="/run/netns/$A" "$SKWATCH" top -b -n 1 --netns self 2>&1 >/dev/null)
is "$? $said" "0 " "24 descriptors that may be more: it takes more"
for kib in 14000 16000 18000 20000 22000 24000; do
	said=$(ulimit -v $kib; nsenter --net="/run/netns/$A" "$SKWATCH" top -b -n 1 --netns self 2>&1 >/dev/null) ||
		echo "$said" >>"$TMP/memory"
done
is "$(grep -Evc 'memory' "$TMP/memory") $(grep -c BTF "$TMP/memory")" "0 0" "little memory: it is called so" ||
	cat "$TMP/memory"

ERR=$TMP/full.err
nsenter --net="/run/netns/$A" "$SKWATCH" top -b -n 1 --netns self >/dev/full 2>"$ERR"
is "$? $(wc -l <"$ERR")" "1 1" "a full disk: status 1 and one line"
like "$(cat "$ERR")" '^skwatch: .*No space left' "which says so"
# A process under `ip netns exec` cannot see the host's cgroups.
inside "$A" "$SKWATCH" top -b -n 1 --json --netns self >"$TMP/inside" 2>"$TMP/inside.err"
is "$? $(cat "$TMP/inside.err")" "0 " "under ip netns exec: it works"
ss_of "$A" "$TMP/ss" -tanH
is "$("${ROWS[@]}" count "$TMP/inside" 'proto == "tcp"')" "$(grep -vc LISTEN "$TMP/ss")" \
	"under ip netns exec: with a row for each connection"
cgroup
inside "$A" "$SKWATCH" top -b -n 1 --json --cgroup "${CGROUP##*/}" >"$TMP/inside" 2>"$TMP/inside.err"
is "$? $(wc -c <"$TMP/inside") $(cat "$TMP/inside.err")" "0 0 " "under ip netns exec: --cgroup NAME, with nobody in it"
done_testing
