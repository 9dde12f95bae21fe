#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# There is exactly one row for each socket that ss shows: for every kind, opened before the start,
# held by several processes, IPv4 and IPv6, in two network namespaces.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
conns "$A" hold all --peer "$B"

# top comes first, so that it assigns the cookies and not ss.
once "$A" -n 1 --json -l
is "$STATUS" 0 "all namespaces: ends with status 0"
ALL=$OUT
# Everything is looked at before anything is compared, as some sockets stay for a minute only.
for ns in "$A" "$B"; do
	ss_of "$ns" "$TMP/tcp.$ns" -tanpeOH
	ss_of "$ns" "$TMP/udp.$ns" -uanpeOH
done
declare -A ONE
ip netns exec "$B" sleep 1000 &
INSIDE=$!
becomes [ "/run/netns/$B" -ef "/proc/$INSIDE/ns/net" ]
for which in "$B" "/run/netns/$B" "$INSIDE"; do
	once "$A" -n 1 --json -l --netns "$which"
	ONE[$which]=$OUT
done
kill "$INSIDE"
once "$B" -n 1 --json -l --netns self
ONE[self]=$OUT
once "$B" -n 1 --json --netns self
WITHOUT_L=$OUT

for ns in "$A" "$B"; do
	name=${ns/$A/the clients}
	name=${name/$B/the servers}
	check "$name: one row for each TCP socket of ss, with all its holders" \
		"${ROWS[@]}" same "$ALL" "$TMP/tcp.$ns" "$(inode_of "$ns")" tcp
	check "$name: one row for each UDP socket of ss" \
		"${ROWS[@]}" same "$ALL" "$TMP/udp.$ns" "$(inode_of "$ns")" udp
	is "$("${ROWS[@]}" get "$ALL" "netns == $(inode_of "$ns")" netns_name | sort -u)" "$ns" \
		"$name: rows name their namespace"
done
check "each object has every field" "${ROWS[@]}" fields "$ALL"

# One namespace alone, named in four ways.
for which in "$B" "/run/netns/$B" "$INSIDE"; do
	check "--netns ${which/$B/NAME}: the sockets of that namespace" \
		"${ROWS[@]}" same "${ONE[$which]}" "$TMP/tcp.$B" "$(inode_of "$B")" tcp
	is "$("${ROWS[@]}" count "${ONE[$which]}" "netns != $(inode_of "$B")")" 0 \
		"--netns ${which/$B/NAME}: and no others"
done
check "--netns self: the sockets of that namespace" \
	"${ROWS[@]}" same "${ONE[self]}" "$TMP/tcp.$B" "$(inode_of "$B")" tcp

# Listeners and unconnected sockets are shown with -l only.
is "$("${ROWS[@]}" count "$WITHOUT_L" 'state in ("LISTEN", "UNCONN")')" 0 "without -l: none that wait"
is "$("${ROWS[@]}" count "$WITHOUT_L" 'state == "ESTABLISHED" and proto == "tcp"')" \
	"$(awk '$1 == "ESTAB"' "$TMP/tcp.$B" | wc -l)" "without -l: all that are connected"

# The direction tells which side accepted.
is "$("${ROWS[@]}" get "$ALL" "netns == $(inode_of "$B") and local_port == $(port_of backlog) and remote_port" \
	direction | sort -u)" in "connections of a listener that is there are incoming"
done_testing
