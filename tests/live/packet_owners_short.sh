#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Thousands of short connections and of short sockets of UDP, each of them gone before any sweep:
# their packets have owners, both ends, from the first to the last.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_packet_owners.sh"
need_owners
COUNT=2000
pair
# Two sockets of UDP at one address, in two namespaces, are in doubt: no other test uses this port.

# enough: whether 99.9 % of the ends are named.
enough() { echo $(($(judged named) * 1000 >= $(judged ends) * 999)); }

server "$B" tcp-server web plain 10.77.0.2 17021
start "$A" capture -i eth0 -w "$TMP/tcp.pcapng"
client "$A" tcp-client curl 10.77.0.2 17021 $COUNT
stop
is "$(figure dropped)" 0 "no packet of TCP was lost"
judge "$TMP/tcp.pcapng" curl
is "$(($(judged packets) > 9 * COUNT))" 1 "$COUNT short connections"
is "$(judged wrong)" 0 "no packet has a wrong owner"
is "$(enough)" 1 "99.9 % of them have theirs"

: >"$TRUTH"
server "$B" udp-server dns 10.77.0.2 17021
start "$A" capture -i eth0 -w "$TMP/udp.pcapng"
client "$A" udp-client dig plain 10.77.0.2 17021 $COUNT
stop
is "$(figure dropped)" 0 "no packet of UDP was lost"
judge "$TMP/udp.pcapng" dig
is "$(judged packets)" $((2 * COUNT)) "$COUNT short exchanges"
is "$(judged wrong)" 0 "no packet has a wrong owner"
is "$(enough)" 1 "99.9 % of them have theirs"
done_testing
