#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Interfaces go down, vanish and come back.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump tshark
pair

start "$A" capture -i eth0 -w "$TMP/down.pcap"
traffic "$A" flood eth0 50 100
ip -n "$A" link set eth0 down
if wait_for_line "$ERR" "$PID" '^skwatch: eth0: .*down'; then
	ok "down: is reported"
else
	not_ok "down: is reported"
fi
ip -n "$A" link set eth0 up
traffic "$A" flood eth0 50 100 --sender 1
stop INT
is "$STATUS" 0 "down: the capture goes on when it is up again"
check "down: and has the packets of before and after" numbered 100 "$TMP/down.pcap"

start "$A" capture -i eth0 -w "$TMP/gone.pcap"
traffic "$A" flood eth0 50 100
ip -n "$A" link del eth0
finish
is "$STATUS" 1 "gone: ends with status 1"
like "$(cat "$ERR")" '^skwatch: eth0: .*gone' "gone: and says which interface it was"
check "gone: the file has what came before" numbered 50 "$TMP/gone.pcap"
is "$(figure captured)" 50 "gone: and the figures are printed"

cable "$A" eth0 "$B" eth0
cable "$A" eth1 "$B" eth1
start "$A" capture -i eth0 -i eth1 --no-events -w "$TMP/one.pcapng"
traffic "$A" flood eth0 10 100
ip -n "$A" link del eth0
wait_for_line "$ERR" "$PID" '^skwatch: eth0: .*gone' || not_ok "one of two: is reported"
traffic "$A" flood eth1 20 100 --sender 1
stop INT
is "$STATUS" 0 "one of two: the other goes on"
check "one of two: and no packet is missing" numbered 30 "$TMP/one.pcapng"

# any: interfaces come and go, and another interface may get the same name.
start "$A" capture --no-events -w "$TMP/any.pcapng"
for i in 1 2 3; do
	cable "$A" new0 "$B" new0
	traffic "$A" flood new0 10 100 --sender $i
	ip -n "$A" link del new0
done
traffic "$A" flood eth1 10 100 --sender 4
stop INT
is "$STATUS" 0 "any: ends with status 0"
check "any: has the packets of interfaces that came and went" numbered 40 "$TMP/any.pcapng"
is "$(tshark -r "$TMP/any.pcapng" -T fields -e frame.interface_name 2>/dev/null | sort | uniq -c | tr -s ' ' | tr '\n' ,)" \
	" 10 eth1, 30 new0," "any: each under its name"

# An interface that came and went while skwatch had no time to look.
start "$A" capture --no-events -w "$TMP/brief.pcapng"
kill -STOP "$PID"
cable "$A" brief0 "$B" brief0
traffic "$A" flood brief0 10 100
ip -n "$A" link del brief0
kill -CONT "$PID"
stop INT
check "any: has the packets of an interface that was gone before it was seen" numbered 10 "$TMP/brief.pcapng"
is "$(tshark -r "$TMP/brief.pcapng" -T fields -e frame.interface_name 2>/dev/null | sort -u)" brief0 \
	"any: under its name"

start "$A" capture -w "$TMP/filter.pcapng" udp dst port 9001
cable "$A" new1 "$B" new1
traffic "$A" flood new1 40 100 --ports 4
stop INT
is "$(packets "$TMP/filter.pcapng")" 10 "any: the filter holds for an interface that came later"
ip -n "$A" link del new1

# An interface that the user has named gets another name while packets come.
start "$A" capture -i eth1 -w "$TMP/renamed.pcap"
traffic "$A" flood eth1 10 100
ip -n "$A" link set eth1 down
ip -n "$A" link set eth1 name other1
ip -n "$A" link set other1 up
traffic "$A" flood other1 10 100 --sender 1
stop INT
check "renamed: the capture follows the interface" numbered 20 "$TMP/renamed.pcap"
done_testing
