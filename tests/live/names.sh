#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Names that strangers choose: with characters that a terminal obeys, and those of libpcap's own
# sources.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
pair

# raw_bytes FILE...: how many bytes of them are control characters, apart from newlines and tabs.
raw_bytes() { cat "$@" | LC_ALL=C tr -cd '\001-\010\013-\037\177' | wc -c; }

evil=$(printf 'e\033[31m')
shown='e\\x1b\[31m'
ip -n "$A" link add "$evil" type veth peer name peer0 netns "$B"
ip -n "$A" link set "$evil" up
ip -n "$B" link set peer0 up
start "$A" capture -i "$evil" -i eth0 -w "$TMP/evil.pcapng"
traffic "$B" flood peer0 3 100
ip -n "$A" link del "$evil"
wait_for_line "$ERR" "$PID" 'the interface has gone' || not_ok "an interface goes"
stop INT
is "$(raw_bytes "$ERR")" 0 "an interface's name: nothing is printed that a terminal obeys"
is "$(lines_like "$ERR" "^skwatch: listening on $shown, eth0, ") $(lines_like "$ERR" "^skwatch: $shown: the interface has gone")" "1 1" \
	"an interface's name: but its escaped form"
is "$("$TRAFFIC" check "$TMP/evil.pcapng" | found numbered)" 3 "an interface's name: its packets are there"
"$SKWATCH" capture -e -r "$TMP/evil.pcapng" >"$TMP/lines" 2>&1
is "$(raw_bytes "$TMP/lines") $(raw_bytes "$TMP/evil.pcapng" | grep -c '^0$')" "0 0" "lines: the file has the name as it is, and lines do not"

ip -n "$A" link add "$evil" type veth peer name peer0 netns "$B"
for words in "-D" "-L -i NAME" "-J -i NAME" "-i NAMEx" "-i NAME -w $TMP/down.pcap" "-r NAME" "-i lo -Z NAME" "-i lo -w $TMP/no/NAME" \
	"-F NAME" "-V NAME" "-y NAME" "-t NAME" "--NAME" "-i lo NAME"; do
	IFS=' ' read -r -a argv <<<"${words//NAME/$evil}"
	inside "$A" "$SKWATCH" capture "${argv[@]}" -c 1 >"$TMP/said" 2>&1 </dev/null
	is "$(raw_bytes "$TMP/said") $(grep -c "$shown" "$TMP/said")" "0 1" "capture $words: the name is escaped"
done
inside "$A" "$SKWATCH" capture -i lo -C 1 -w x -z "$evil x" >"$TMP/said" 2>&1 </dev/null
is "$(raw_bytes "$TMP/said") $(grep -c "$shown x" "$TMP/said")" "0 1" "capture -z: the name is escaped"
for command in "top -b" events; do
	"$SKWATCH" $command --netns "$evil" >"$TMP/said" 2>&1 </dev/null
	is "$(raw_bytes "$TMP/said") $(grep -c "$shown" "$TMP/said")" "0 1" "$command --netns: the name is escaped"
done
"$SKWATCH" "$evil" >"$TMP/said" 2>&1
is "$(raw_bytes "$TMP/said")" 0 "a command's name is escaped"

# The status line names the file. It is there on a terminal only.
if command -v script >/dev/null; then
	mkdir "$TMP/status"
	cat >"$TMP/status.sh" <<-'END'
		"$SKWATCH" capture -i lo -w "$TMP/status/$evil.pcap" --duration 1500ms
	END
	export SKWATCH TMP evil
	inside "$A" script -qec "bash $TMP/status.sh" /dev/null >"$TMP/said" 2>&1 </dev/null
	is "$(grep -Fc 'status/e\x1b[31m.pcap' "$TMP/said") $(grep -Fc "$evil" "$TMP/said")" "1 0" "the status line escapes the file's name"
else
	skip "the status line escapes the file's name" "no script(1)"
fi

# Ethernet interfaces with the names of libpcap's own sources.
for name in nfqueue nflog nflog0 usbmon1 bluetooth0 dbus-system; do
	ip -n "$A" link add $name type veth peer name peer1 netns "$B"
	ip -n "$A" addr add 10.78.0.1/24 broadcast 10.78.0.255 dev $name
	ip -n "$A" link set $name up
	ip -n "$B" link set peer1 up
	start "$A" capture -i $name -w "$TMP/$name.pcap" ether proto 0x0800 and udp
	traffic "$B" flood peer1 5 100
	stop INT
	check "$name: captured from as the Ethernet that it is" numbered 5 "$TMP/$name.pcap"
	is "$(lines_like "$ERR" "^skwatch: listening on $name, link-type EN10MB ")" 1 "$name: and called so"
	is "$(inside "$A" "$SKWATCH" capture -L -i $name 2>&1 | grep -c EN10MB)" 1 "$name: -L knows its link types"
	is "$(inside "$A" "$SKWATCH" capture -D | grep -c "^[0-9]*\.$name ")" 1 "$name: -D lists it once"
	is "$(inside "$A" "$SKWATCH" capture -i $name -d ip broadcast | grep -c 'jset *#0xff ')" 1 "$name: its netmask is known"
	start "$A" capture -w "$TMP/any.pcapng" ether proto 0x0800 and udp
	traffic "$B" flood peer1 5 100
	stop INT
	check "$name: any takes it, too" numbered 5 "$TMP/any.pcapng"
	ip -n "$A" link del $name
done
is "$(inside "$A" "$SKWATCH" capture -D | grep -cE '\.(nfqueue|nflog|dbus|usbmon|bluetooth)')" 0 "-D lists no other sources"
done_testing
