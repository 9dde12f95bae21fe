#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Exactly one row for each socket that ss shows: every kind, opened before the start, held by
# several processes, IPv4 and IPv6, in two network namespaces.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
conns "$A" hold all --peer "$B"

# The program that assigns the cookies must not be ss.
once "$A" -n 1 --json -l
is "$STATUS" 0 "all namespaces: ends with status 0"
ALL=$OUT
for ns in "$A" "$B"; do
	ss_of "$ns" "$TMP/tcp" -tanpeOH
	ss_of "$ns" "$TMP/udp" -uanpeOH
	name=${ns/$A/the clients}
	name=${name/$B/the servers}
	check "$name: one row for each TCP socket of ss, with all its holders" \
		"${ROWS[@]}" same "$ALL" "$TMP/tcp" "$(inode_of "$ns")" tcp
	check "$name: one row for each UDP socket of ss" \
		"${ROWS[@]}" same "$ALL" "$TMP/udp" "$(inode_of "$ns")" udp
	is "$("${ROWS[@]}" get "$ALL" "netns == $(inode_of "$ns")" netns_name | sort -u)" "$ns" \
		"$name: rows name their namespace"
done
check "each object has every field" "${ROWS[@]}" fields "$ALL"

# One namespace alone, told in three ways.
ss_of "$B" "$TMP/tcp" -tanpeOH
for which in "$B" "/run/netns/$B"; do
	once "$A" -n 1 --json -l --netns "$which"
	check "--netns ${which/$B/NAME}: the sockets of that namespace" \
		"${ROWS[@]}" same "$OUT" "$TMP/tcp" "$(inode_of "$B")" tcp
	is "$("${ROWS[@]}" count "$OUT" "netns != $(inode_of "$B")")" 0 \
		"--netns ${which/$B/NAME}: and no others"
done
once "$B" -n 1 --json -l --netns self
check "--netns self: the sockets of that namespace" \
	"${ROWS[@]}" same "$OUT" "$TMP/tcp" "$(inode_of "$B")" tcp

# Listeners and unconnected sockets are shown where they are asked for.
once "$B" -n 1 --json --netns self
is "$("${ROWS[@]}" count "$OUT" 'state in ("LISTEN", "UNCONN")')" 0 "without -l: none that wait"
is "$("${ROWS[@]}" count "$OUT" 'state == "ESTABLISHED" and proto == "tcp"')" \
	"$(awk '$1 == "ESTAB"' "$TMP/tcp" | wc -l)" "without -l: all that are connected"

# Who accepted: direction.
is "$("${ROWS[@]}" get "$ALL" "netns == $(inode_of "$B") and local_port == $(port_of backlog) and remote_port" \
	direction | sort -u)" in "connections of a listener that is there are incoming"
done_testing
