#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What holds a connection up: a receiver that does not read, a sender's small buffer, a path that
# loses packets. The figure that tells it grows, and lies between what ss said before and after.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
losses
far 5

# ss_ms FILE NAME: in microseconds, 0 where ss says nothing
ss_ms() { awk -v p=" $2:([0-9]+)ms" 'match($0, p) { split(substr($0, RSTART, RLENGTH), a, ":"); v = a[2] + 0 } END { print v * 1000 }' "$1"; }
ss_retrans() { sed -nE 's/.* retrans:[0-9]+\/([0-9]+).*/\1/p' "$1"; }

# slow KIND FIELD ARGUMENTS...: $FIRST and $LAST of that field in the rows of some seconds; what ss
# said before and after is in $TMP/before and $TMP/after.
slow() {
	local kind=$1 field=$2 port
	shift 2
	conns "$A" slow "$kind" --peer "$B" "$@"
	port=$(port_of "$kind" client)
	ss_of "$A" "$TMP/before" -tinOH "sport = :$port"
	once "$A" --json -n 10 -d 0.4 --netns self -f "lport = $port"
	ss_of "$A" "$TMP/after" -tinOH "sport = :$port"
	is "$STATUS $("${ROWS[@]}" count "$OUT" True)" "0 10" "$kind: ten ticks, a row in each"
	FIRST=$("${ROWS[@]}" get "$OUT" True "$field" | sed -n 1p)
	LAST=$("${ROWS[@]}" get "$OUT" True "$field" | tail -n 1)
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
