#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Three causes of a slow connection: a receiver that does not read, a small buffer of the sender, a
# path that loses packets. The figure of each grows, and lies between those of ss before and after.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
losses
far 5

# ss_ms FILE NAME: a time of ss in microseconds, 0 if ss leaves it out.
ss_ms() { awk -v p=" $2:([0-9]+)ms" 'match($0, p) { split(substr($0, RSTART, RLENGTH), a, ":"); v = a[2] + 0 } END { print v * 1000 }' "$1"; }
ss_retrans() { sed -nE 's/.* retrans:[0-9]+\/([0-9]+).*/\1/p' "$1"; }

# figures_of FIELD: sets $FIRST and $LAST to that field of the first and the last row so far.
figures_of() {
	local all
	all=$("${ROWS[@]}" get "$OUT" True "$1")
	FIRST=$(sed -n 1p <<<"$all")
	LAST=$(tail -n 1 <<<"$all")
}

# slow KIND FIELD ARGUMENTS...: sets $FIRST and $LAST from at least ten ticks. There are more ticks
# until the field has grown, as the pause between two retransmissions doubles each time. The output
# of ss before and after is in $TMP/before and $TMP/after.
slow() {
	local kind=$1 field=$2 port ticks=10 deadline=$((SECONDS + PATIENCE))
	shift 2
	conns "$A" slow "$kind" --peer "$B" "$@"
	port=$(port_of "$kind" client)
	ss_of "$A" "$TMP/before" -tinOH "sport = :$port"
	launch "$A" top --json -d 0.4 --netns self -f "lport = $port"
	while await $ticks . && figures_of "$field" && [ "$LAST" -le "$FIRST" ] &&
		[ $SECONDS -lt $deadline ]; do
		ticks=$((ticks + 1))
	done
	stop
	ss_of "$A" "$TMP/after" -tinOH "sport = :$port"
	figures_of "$field"
	is "$STATUS $(($("${ROWS[@]}" count "$OUT" True) >= 10))" "0 1" "$kind: ten ticks, a row in each"
	[ "$LAST" -gt "$FIRST" ]
	is "$?" 0 "$kind: $field grows ($FIRST, then $LAST)"
	is "$("${ROWS[@]}" get "$OUT" True "$field")" \
		"$("${ROWS[@]}" get "$OUT" True "$field" | sort -n)" "$kind: and never shrinks"
}

between() { # NAME BEFORE AFTER SLACK
	[ "$FIRST" -ge "$2" ] && [ "$LAST" -le $(($3 + $4)) ]
	is "$?" 0 "$1: as ss says ($2 <= $FIRST, $LAST <= $3)"
}

slow reader rwnd_limited_us
between reader "$(ss_ms "$TMP/before" rwnd_limited)" "$(ss_ms "$TMP/after" rwnd_limited)" 1000
is "$("${ROWS[@]}" count "$OUT" 'sndbuf_limited_us > rwnd_limited_us or rwnd_limited_us > busy_us')" \
	0 "reader: the buffer is not to blame"
all_gone

slow buffer sndbuf_limited_us --there 10.78.0.2
between buffer "$(ss_ms "$TMP/before" sndbuf_limited)" "$(ss_ms "$TMP/after" sndbuf_limited)" 1000
is "$("${ROWS[@]}" count "$OUT" 'rwnd_limited_us > sndbuf_limited_us or sndbuf_limited_us > busy_us')" \
	0 "buffer: the receiver is not to blame"
all_gone

slow path retrans_segs
between path "$(ss_retrans "$TMP/before")" "$(ss_retrans "$TMP/after")" 0
isnt "$("${ROWS[@]}" get "$OUT" True rto_count | tail -n 1)" 0 "path: timeouts are counted"
is "$("${ROWS[@]}" count "$OUT" 'rwnd_limited_us or sndbuf_limited_us')" 0 \
	"path: neither buffer nor receiver is to blame"
done_testing
