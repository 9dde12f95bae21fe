#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording that begins before the trouble: the seconds before a timeout are in the file, and only
# those of its connection.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need tshark capinfos
pair
losses
FILE=$TMP/why.pcapng

# fields FILE FILTER FIELD...: what tshark shows of those frames.
fields() {
	local file=$1 filter=$2 field args=()
	shift 2
	for field; do args+=(-e "$field"); done
	tshark -r "$file" -Y "$filter" -T fields -E occurrence=f "${args[@]}" 2>/dev/null
}
count() { fields "$FILE" "$1" frame.number | wc -l; }
# triggers FILE: the texts of its triggers.
triggers() { strings -a -n 8 "$1" | sed -n 's/^MESSAGE=\(trigger .*\)/\1/p'; }

# A timeout of the connection, and its recovery.
has_timed_out() { [ "$(counter "$A" TcpExtTCPTimeouts)" -gt "$before" ]; }
time_out() {
	before=$(counter "$A" TcpExtTCPTimeouts)
	tell lose 3000
	becomes has_timed_out || bail "no timeout came"
	tell heal 3000
}

# ---- wrong usage ----

refuse() { # TEXT OPTION...
	local text=$1
	shift
	"$SKWATCH" capture "$@" >"$TMP/refused" 2>&1
	is "$?" 2 "$*: refused"
	like "$(cat "$TMP/refused")" "$text" "and says why"
}
refuse 'give -w FILE.pcapng' --on rto
refuse 'give -w FILE.pcapng' --on rto -w "$TMP/x.pcap"
refuse '"rtos" is neither' --on rtos -w "$FILE"
refuse '--on: ' --on 'srtt>' -w "$FILE"
refuse 'give --on' --pre 10s -w "$FILE"
refuse 'do not apply' --on rto --no-events -w "$FILE"
[ -e "$FILE" ] && not_ok "no file is made" || ok "no file is made"

# ---- a timeout ----

conns "$A" hold v4 --peer "$B"
start "$A" capture -i eth0 -w "$FILE" --on rto --pre 2s --post 1s --pre-size 16M --ring-size 1M
tell talk 20
rss() { awk '/^VmRSS:/ { print $2 }' "/proc/$PID/status"; }
at_start=$(rss)
traffic "$A" flood eth0 200000 200 --pps 50000
time_out
grown=$(($(rss) - at_start))
stop
is "$STATUS" 0 "ends with status 0"
like "$(cat "$ERR")" '^skwatch: 1 trigger: [0-9]+ packets and [0-9]+ events around it recorded$' "one connection had trouble"
like "$(triggers "$FILE")" '^trigger 1: rto of 10.77.0.[12]:[0-9]+ > 10.77.0.[12]:[0-9]+; [0-9.]+ s before it are held$' \
	"the trigger is in the file"
port=$(port_of v4)
trigger=$(fields "$FILE" 'systemd_journal contains "MESSAGE=trigger 1"' frame.number)
isnt "$(count "tcp.port == $port && tcp.len > 0 && frame.number < ${trigger:-0}")" 0 "packets from before it"
isnt "$(count "systemd_journal contains \"SKWATCH_TYPE=rto\" && frame.number < ${trigger:-0}")" 0 "the timeout itself"
isnt "$(count "tcp.analysis.retransmission && frame.number > ${trigger:-0}")" 0 "and the recovery"
is "$(count "!systemd_journal && !(tcp.port == $port)")" 0 "no packet of others"
# Entries of the journal have microseconds, so one may seem to be that much older than its packet.
is "$(fields "$FILE" frame frame.time_delta | awk '$1 <= -0.000001')" "" "in the order of time"
# Half of them: the rows of connections that other tests open take memory, too.
[ "$grown" -lt 30720 ] && ok "60 MB of packets take no more memory" ||
	not_ok "60 MB of packets take no more memory" "$grown kB"

# ---- everybody's, and the end ----

start "$A" capture -i eth0 -w "$TMP/any.pcapng" --on rto --on-any --pre 2s --post 100ms --max-triggers 1
traffic "$A" flood eth0 1000 100 --pps 20000
tell talk 1
time_out
finish
is "$STATUS" 0 "the last trigger ends it"
FILE=$TMP/any.pcapng
isnt "$(count "!systemd_journal && !tcp")" 0 "the packets of others are there"

# ---- too little memory is told ----

start "$A" capture -i eth0 -w "$TMP/small.pcapng" --on rto --on-any --pre 60s --post 1s --pre-size 1M
traffic "$A" flood eth0 20000 200 --pps 20000
tell talk 1
time_out
stop
is "$STATUS" 0 "a small memory works, too"
like "$(cat "$ERR")" '^skwatch: [0-9]+ packets left the memory before their time; of one trigger only [0-9.]+ s are held; give a larger --pre-size$' \
	"and tells what is missing"

# ---- no trigger ----

start "$A" capture -i eth0 -w "$TMP/calm.pcapng" --on refused 'port 9'
traffic "$A" flood eth0 100 100
stop
is "$STATUS" 0 "without a trigger it ends well"
like "$(cat "$ERR")" '^skwatch: 0 triggers: 0 packets and 0 events around them recorded$' "and says so"
is "$(capinfos -c "$TMP/calm.pcapng" 2>/dev/null | sed -n 's/^Number of packets: *//p')" 0 "with a file that can be read"
done_testing
