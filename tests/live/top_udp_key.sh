#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The key u of top, which counts datagrams, and another's program that allows none beside it.
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
attached() { bpftool cgroup show "$CGROUP" 2>/dev/null | grep -c skw_udp; }

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
