#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The key c of top: a connection, a group, a connection that closes meanwhile, the end of top, a full
# disk, a missing privilege, and where nothing can be captured. tcpdump and tshark are the reference.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
need root tcpdump tshark python3
need_screen
pair
screens
TALKERS=(python3 "$srcdir/tests/live/talkers.py")

# talkers: makes connections; then `say WORD...` lets them do something, and waits until it is done.
talkers() {
	mkfifo "$TMP/hold" "$TMP/to"
	ip netns exec "$B" "${TALKERS[@]}" serve <"$TMP/hold" >"$TMP/server" &
	exec 8>"$TMP/hold"
	becomes grep -q ready "$TMP/server" || bail "no server"
	ip netns exec "$A" "${TALKERS[@]}" talk 10.77.0.2 <"$TMP/to" >"$TMP/from" &
	TALKER=$!
	exec 9>"$TMP/to"
	becomes grep -q ready "$TMP/from" || bail "no connections"
}
SAID=0
say() {
	echo "$*" >&9
	SAID=$((SAID + 1))
	becomes said || bail "not done: $*"
}
said() { [ "$(grep -c done "$TMP/from")" -ge "$SAID" ]; }

# same_as_tcpdump FILTER: whether the last file has the same packets as tcpdump's, which match that.
same_as_tcpdump() { [ "$(fields "$FILE" tcp)" = "$(fields "$TMP/all.pcap" "$1")" ]; }
fields() {
	tshark -r "$1" -Y "$2" -T fields -e ip.src -e tcp.srcport -e tcp.dstport -e tcp.seq_raw -e tcp.flags \
		-e tcp.len 2>/dev/null
}
comments() { tshark -r "$FILE" -Y tcp -T fields -e frame.comment 2>/dev/null | sort | uniq -c; }
newest() { FILE=$(ls -t "$TMP"/cap/*.pcapng | head -n 1); }
# The reference of what comes from now on, and of no older packet.
reference() {
	ip netns exec "$A" tcpdump -i eth0 -s 256 -B 16384 -U --immediate-mode -w "$TMP/all.pcap" tcp 2>"$TMP/tcpdump" &
	TCPDUMP=$!
	becomes grep -q 'listening on' "$TMP/tcpdump" || bail "tcpdump does not listen"
}
no_reference() {
	kill "$TCPDUMP"
	wait "$TCPDUMP" 2>/dev/null
}
# same FILTER NAME
same() {
	if becomes same_as_tcpdump "$1"; then ok "$2"; else not_ok "$2" \
		"$(diff <(fields "$FILE" tcp) <(fields "$TMP/all.pcap" "$1") | head -n 20)"; fi
}

mkdir "$TMP/cap"
talkers
ONLY="-f 'rport = 7001'"
is_open() { ss -N "$A" -tn state established dport = :7001 | grep -q 7001; }
becomes is_open || bail "no connection"

# ---- a connection ----

packet_sockets() { wc -l <"/proc/$(worker)/net/packet"; }
top 120x30 --capture-dir "$TMP/cap" "$ONLY"
sees 'python3 .*:7001 +ESTAB' || bail "top does not show it: $(shot)"
is "$(packet_sockets)" 1 "no packet socket before c"
reference
send c
shows 'capturing skwatch-[0-9]{8}-[0-9]{6}-python3-7001\.pcapng +0 packets .*c stops' \
	"c: the head tells the file"
is "$(packet_sockets)" 3 "and one packet socket is open (beside that of tcpdump)"
say one 30
say other 30
send Enter
shows 'packets \(live\)' "the detail has the last packets"
say one 1
shows '^ *[0-9:.]+ .*IP 10\.77\.0\..*7001.*Flags \[' "as tcpdump prints them"
send Escape
shows 'capturing .* [0-9]{2,} packets' "the head counts them"
send c
shows 'captured skwatch-.*-python3-7001\.pcapng +[0-9]+ packets .* 0 dropped' "c: it ends"
newest
same 'tcp.port == 7001' "the file has the packets of that connection, and no others"
is "$(comments | grep -vc "python3\[$TALKER\]")" 0 "each tells its process"
no_reference
is "$(packet_sockets)" 1 "no packet socket is left"
like "$(tshark -r "$FILE" 2>/dev/null)" 'sweep: ' "the file has rows"
TOLD=$(tcpdump -nr "$FILE" 2>&1 >"$TMP/lines")
is "$(grep -c 7001 "$TMP/lines")" "$(fields "$FILE" tcp | wc -l)" "tcpdump reads all of it"
is "$(stat -c %U "$FILE")" root "and it belongs to the user who ran top"

# ---- a connection that closes meanwhile, and one that opens in a group ----

reference
send c
sees 'capturing skwatch-.* 0 packets' || bail "$(shot)"
send c
sees 'captured skwatch-.* 0 packets' || bail "$(shot)"
newest
check "a file without a packet can be read" tshark -r "$FILE"
send F5
sees 'by process'
send c
shows 'capturing skwatch-[0-9-]+-python3\.pcapng' "a group: c captures the process"
say new
say one 5
say close
say other 5
shows 'capturing .* [0-9]{2,} packets' "its packets come"
send c
shows 'captured skwatch-[0-9-]+-python3\.pcapng' "c: it ends"
newest
same 'tcp' "the packets of all its connections, from the first SYN to the last"
like "$(fields "$FILE" 'tcp.flags.syn == 1 && tcp.dstport == 7002')" 7002 "a new one with its SYN"
like "$(fields "$FILE" 'tcp.flags.fin == 1 && tcp.dstport == 7001')" 7001 "a closed one with its FIN"
isnt "$(strings -a -n 8 "$FILE" | grep -cx SKWATCH_TYPE=close)" 0 "and the events of these connections"
no_reference
send g g g g g g
shows 'by state' "(groups by state)"
send c
shows "This group can't be captured" "no capture of a state"
send g q
shows "^skwatch: skwatch-[0-9-]+-python3\.pcapng: [0-9]+ packets, [0-9]+ bytes, 0 dropped" \
	"the end of top prints the captures"
shows 'status=0' "and is an orderly one"

# ---- the end of top while it captures ----

top 120x30 --capture-dir "$TMP/cap" -f "'rport = 7002 and state = established'"
sees 'python3 .*:7002 +ESTAB' || bail "$(shot)"
reference
send c
sees 'capturing .*-7002' || bail "$(shot)"
say other 10
send q
shows '^skwatch: skwatch-[0-9-]+-python3-7002\.pcapng: [23][0-9] packets' "q while it captures: all is said"
newest
same 'tcp' "the file is complete"
is "$(tshark -r "$FILE" 2>&1 >/dev/null | grep -v 'Running as')" "" "and tshark has no complaint"
no_reference
name=${FILE##*/}
shell 120x30
send "$SKWATCH top -r $FILE" Enter
sees 'recorded, speed'
send c
shows 'these connections were recorded' "-r: the recording is shown, and c captures nothing"
send q

# ---- keys that come while a capture begins ----

# waits REGEX: whether the worker waits there in the kernel.
waits() { grep -q "$1" "/proc/$(worker)/wchan"; }
top 120x30 --capture-dir "$TMP/cap" -f "'rport = 7002 and state = established'"
sees 'python3 .*:7002 +ESTAB' || bail "$(shot)"
send Enter c
shows 'packets \(live\)' "Enter and c at once: the detail is shown, and the capture begins"
send c
sees 'packets \(the last\)' || bail "$(shot)"
send Escape
sees 'F5 Group' || bail "$(shot)"
if becomes waits '[a-z]' && KEEPER=$(keeper_of "$(worker)"); then
	kill -STOP "$KEEPER"
	send c
	becomes waits skb_wait || bail "the worker does not ask the keeper"
	send q
	kill -CONT "$KEEPER"
	shows 'status=0' "q while a capture begins: it ends top"
else
	skip "q while a capture begins" "/proc does not tell where a process waits"
	send q
	sees 'status='
fi

# ---- what can go wrong ----

mkdir "$TMP/disk"
if mount -t tmpfs -o size=1m none "$TMP/disk" 2>/dev/null; then
	MOUNTS+=("$TMP/disk")
	top 120x30 --capture-dir "$TMP/disk" -f "'rport = 7002'"
	sees 'python3 .*:7002 +ESTAB' || bail "$(shot)"
	send c
	sees 'capturing .*-7002' || bail "$(shot)"
	say other 6000
	shows 'No space left on device' "a full disk: it is said"
	shows 'captured .*-7002' "the capture ends"
	FILE=$(ls "$TMP"/disk/*)
	check "its file can be read to the end" "$TRAFFIC" check "$FILE"
	rm "$FILE"
	send c
	shows 'capturing .*-7002' "top goes on, and captures again when there is room"
	send q
	sees 'status='
else
	skip "a full disk" "mounting is not permitted"
fi

INSIDE=$NSENTER
NSENTER=
top 120x30 --netns "$A" --capture-dir "$TMP/cap" -f "'rport = 7002'"
sees 'python3 .*:7002 +ESTAB' || bail "$(shot)"
send c
shows 'in another network namespace' "the first c on a connection of another namespace says why not"
send q
shows 'status=0' "and top goes on"
NSENTER="$INSIDE setpriv --bounding-set -net_raw"
top 120x30 --capture-dir "$TMP/cap" -f "'rport = 7002'"
sees 'python3 .*:7002 +ESTAB' || bail "$(shot)"
files=$(ls "$TMP/cap" | wc -l)
send c
shows 'CAP_NET_RAW' "without CAP_NET_RAW c says what is missing"
is "$(ls "$TMP/cap" | wc -l)" "$files" "and makes no file"
send q

for option in -b --json "-r $TMP/cap/$name"; do
	# shellcheck disable=SC2086
	run top $option --capture-dir "$TMP/cap"
	is "$STATUS" 2 "${option%% *}: --capture-dir is refused"
done
top 120x30 --capture-dir "$TMP/nowhere"
shows '^skwatch: .*nowhere: No such file' "a folder that is not there is refused"
shows 'status=2' "as a wrong option"
done_testing
