#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# top -u: what sockets of UDP move, exactly, in both directions and versions of IP; sockets that are
# older than top, short ones, drops, sums; the key u; another's program that allows none beside it.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need_conns
need bpftool
need_screen
pair
six
cgroup
conns "$A" datagrams --peer "$B"

# agrees WHAT ROWS [PID]: see datagrams.py. becomes_so NAME WHAT ROWS [PID]: waits until it does.
agrees() { python3 "$srcdir/tests/live/datagrams.py" "$1" "$2" "$CONNS_OUT" "${@:3}" >"$TMP/faults"; }
becomes_so() {
	becomes agrees "${@:2}"
	check "$1" agrees "${@:2}" || sed 's/^/#   /' "$TMP/faults"
}
attached() { bpftool cgroup show "$CGROUP" 2>/dev/null | grep -c skw_udp; }

# Without -u nothing is counted, and nothing pays for it.
tell old 3
once "$A" -l --json -n 1 --cgroup "$CGROUP"
is "$("${ROWS[@]}" count "$OUT" 'proto == "udp" and state == "UNCONN"')" 2 "the sockets have rows"
is "$("${ROWS[@]}" count "$OUT" 'bytes_acked is not None or tx_pps is not None')" 0 \
	"without -u nothing is known of what they move"

launch "$A" top -u -g pid --json -d 0.2 --closed 60 --cgroup "$CGROUP"
SUMS=$OUT
launch "$A" top -u --json -d 0.2 --closed 60 --cgroup "$CGROUP"
await 1 '"proto":"udp"'
wait_for_line "$SUMS" "$PID" '"number"'
is "$(attached)" 8 "the programs of both are attached"
tell old 20
becomes_so "of older sockets: rates, but no totals" old "$OUT"
tell talk 50
becomes_so "bytes and datagrams are exact: IPv4, IPv6, both, connected or not, segments" same "$OUT"
tell short 30
becomes_so "of short sockets too, with their process" same "$OUT"
tell flood 400
becomes_so "what arrived is counted, also if it was dropped" same "$OUT"
becomes_so "drops, and their rate" drops "$OUT"
becomes_so "the sums of a process" group "$SUMS" "$CONNS_PID"
tell close
becomes_so "the last figures stay after the close" same "$OUT"
becomes_so "and the sums have them" group "$SUMS" "$CONNS_PID"
is "$("${ROWS[@]}" count "$OUT" 'proto == "tcp" and packets_in is not None')" 0 "TCP has no datagrams"
stop
is "$STATUS" 0 "ends with status 0"
all_gone
kill "${STARTED[@]}" 2>/dev/null
becomes eval '[ "$(attached)" = 0 ]'
is "$(attached)" 0 "no program stays attached"

# A sort key, an expression and the columns.
conns "$A" datagrams --peer "$B"
launch "$A" top -u -b -d 0.2 --cgroup "$CGROUP" -s tx_pps -f 'packets_out > 40' --csv
await 1 '^'
tell talk 50
await 1 'udp,inet6'
ok "expressions and sort keys know them"
stop

# ---- the screen ----

screens
shell 160x30
send "$NSENTER $SKWATCH top -d 0.2 --cgroup $CGROUP" Enter
sees '^ *PID OWNER'
hides 'TXp/s' "no columns of datagrams"
is "$(attached)" 0 "and no program"
send u
shows 'Datagrams are counted from now on' "u: counts"
shows '^ *PID OWNER .*RXp/s +TXp/s +DRP/s' "with columns"
shows 'conns .*UNCONN' "and sockets without a peer"
is "$(attached)" 4 "the programs are attached"
tell talk 50
shows 'conns +.*ESTAB +[0-9]+s +[0-9.]+[kM]? +[0-9.]+[kM]? ' "what they move"
send /
send conns Enter Enter
shows '^ dropped +0 +per second' "the detail has them"
send q u
shows 'not counted any more' "u: no longer"
becomes eval '[ "$(attached)" = 0 ]'
is "$(attached)" 0 "nothing is attached any more"
send u
shows 'RXp/s' "u: again"
send q
shows 'status=0|^ready>' "ends"
check "it is kept" grep -q '^datagrams = yes$' "$XDG_CONFIG_HOME/skwatch/top"
send "$NSENTER $SKWATCH top -d 0.2 --cgroup $CGROUP" Enter
shows 'RXp/s' "the next top counts at once"
is "$(attached)" 4 "by its programs"
send q
becomes eval '[ "$(attached)" = 0 ]'

# ---- somebody else's program ----

mkdir "$TMP/bpf" && mount -t bpf none "$TMP/bpf" && MOUNTS+=("$TMP/bpf")
bpftool prog loadall "$builddir/bpf/udp.bpf.o" "$TMP/bpf/p" 2>/dev/null &&
	bpftool cgroup attach "$CGROUP" egress pinned "$TMP/bpf/p/skw_udp_out" ||
	bail "no program of somebody else"
once "$A" -u -l --json -n 2 -d 0.2 --cgroup "$CGROUP"
is "$STATUS $(wc -l <"$ERR")" "0 1" "another's program that allows none beside it: rows all the same"
like "$(cat "$ERR")" 'datagrams are not counted: .*skw_udp_out.*does not run beside others' "which is said"
is "$("${ROWS[@]}" count "$OUT" 'bytes_acked is not None or tx_bps is not None')" 0 "and nothing is known"
is "$(attached)" 1 "its program stays alone"
rm -f "$XDG_CONFIG_HOME/skwatch/top"
send "$NSENTER $SKWATCH top -d 0.2 --cgroup $CGROUP" Enter
sees '^ *PID OWNER'
send u
shows "can't be counted: the program of another" "u: the screen says it, too"
send q
bpftool cgroup detach "$CGROUP" egress pinned "$TMP/bpf/p/skw_udp_out"
all_gone
done_testing
