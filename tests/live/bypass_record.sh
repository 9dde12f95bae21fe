#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The data that bypass moves is recorded as packets, which Wireshark dissects like captured ones.
# shellcheck source=tests/live/lib.sh
. "${srcdir:?}/tests/live/lib.sh"
# shellcheck source=tests/live/lib_conns.sh
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_bypass.sh"
need root python3 tcpdump tshark bpftool
PEERS=$(realpath "$srcdir/tests/live/bypass_peers.py")
cgroup
namespace "skwt$$a"
A=skwt$$a
in_ns() { nsenter --net="/run/netns/$A" "$@"; } # leaves the mount of the cgroups visible
in_ns sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
FILE=$TMP/moved.pcapng
SMALL=$TMP/small
mkdir "$SMALL"
mount -t tmpfs -o size=1m none "$SMALL" || bail "no small disk"
MOUNTS+=("$SMALL")

peers() { (cd "$TMP" && in_ns python3 "$PEERS" "$CGROUP" "$@" 2>&1); }

# The sums of the closing figures.
bytes() { sed -nE "s/^skwatch: .*\(?\b([0-9]+) bytes\)? $1.*/\1/p" "$ERR" | awk '{ sum += $1 } END { print sum + 0 }'; }
adds_up() { is "$(($(bytes 'recorded in') + $(bytes 'not recorded')))" "$(bytes 'moved past TCP')" "$1"; }

# refused TEXT ARGUMENTS...: one line, status 2, and nothing is attached or created.
refused() {
	local text=$1
	shift
	run bypass --cgroup "$CGROUP" "$@"
	is "$STATUS $(wc -l <"$ERR") $(bpftool cgroup show "$CGROUP" 2>/dev/null)" "2 1 " \
		"bypass $*: refused with one line"
	like "$(cat "$ERR")" "$text" "... which tells why"
}

# shark ARGUMENTS...: reads the recording, with checksums verified.
shark() {
	tshark -r "$FILE" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -d 'tcp.port==0-65535,http' \
		"$@" 2>/dev/null
}
# odd FILTER: the numbers of the packets that match it.
odd() { shark -Y "$1" -T fields -e frame.number || echo "tshark -Y $1 failed"; }

FIELDS=(ip.version ipv6.version tcp.srcport tcp.dstport tcp.flags.syn tcp.flags.ack tcp.flags.fin tcp.len
	http.request.method http.response.code http.content_length frame.comment tcp.payload http.file_data)
# dissect: writes a line for each packet of the recording.
dissect() {
	local args=()
	for field in "${FIELDS[@]}"; do args+=(-e "$field"); done
	shark -T fields -E 'separator=|' -E occurrence=f "${args[@]}" >"$TMP/dissected"
}
# field CONDITION NAME: of the packets for which awk finds the condition true. Names have no dots.
field() {
	local script='' i
	for i in "${!FIELDS[@]}"; do script+="${FIELDS[i]//./_} = \$$((i + 1));"; done
	awk -F '|' "{ $script if ($1) print $2 }" "$TMP/dissected"
}
# digest CONDITION: of the bytes that packets carry.
digest() { field "$1" tcp_payload | tr -d '\n' | xxd -r -p | sha256sum | cut -d ' ' -f 1; }

# ---- what is refused ----
refused 'must end in .pcapng' -w "$TMP/x.pcap"
refused 'standard output has the events' -w -
refused 'and --pin stays' -w "$FILE" --pin x
refused 'No such file' -w "$TMP/none/x.pcapng"
run bypass --cgroup "$CGROUP" --dry-run -w "$FILE"
like "$STATUS $(cat "$ERR")" "^0 .*record it in $FILE" "--dry-run tells of the recording"
is "$(ls "$FILE" 2>/dev/null)" "" "... and creates no file"

# ---- conversations ----
bypass -w "$FILE"
is "$(stat -c '%U' "$FILE")" "$(id -un)" "the file belongs to the user who has started it"
"${as_typed[@]}" nsenter "--net=/run/netns/$A" tcpdump --immediate-mode -i lo -n -U -w "$TMP/lo.pcap" \
	2>"$TMP/said.tcpdump" &
TCPDUMP=$!
STARTED+=("$TCPDUMP")
wait_for_line "$TMP/said.tcpdump" $TCPDUMP 'listening on' || bail "tcpdump"
read -r _ good4 port4 sent4 answer4 <<<"$(peers http 4 100000)"
read -r _ good6 port6 sent6 answer6 <<<"$(peers http 6 100000)"
is "$good4 $good6" "True True" "the applications get what was sent"
fins() { tcpdump -nr "$TMP/lo.pcap" 'tcp[tcpflags] & tcp-fin != 0 or ip6[53] & 1 != 0' 2>/dev/null | wc -l; }
ended() { [ "$(fins)" -eq 4 ]; }
check "a capture on lo has the ends of the connections" becomes ended
kill -INT $TCPDUMP
wait $TCPDUMP
forget $TCPDUMP
is "$(tcpdump -nr "$TMP/lo.pcap" 2>/dev/null | grep -vc 'length 0$')" 0 "... and no byte of data"
stop
is "$STATUS" 0 "the recording ends with status 0"
is "$(bytes 'not recorded')" 0 "all was recorded"
adds_up "... which is what was moved"
dissect
for end in "ip 4 $port4 $sent4 $answer4" "ipv6 6 $port6 $sent6 $answer6"; do
	read -r proto version port sent answer <<<"$end"
	mine="${proto}_version == $version"
	is "$(digest "$mine && tcp_dstport == ${port:-0}")" "$answer" \
		"IPv$version: the answer is recorded byte by byte"
	is "$(digest "$mine && tcp_srcport == ${port:-0}")" "$sent" "... and the request"
	is "$(field "$mine && http_request_method" 'http_request_method, http_content_length')" "POST 100000" \
		"... which is dissected"
	is "$(field "$mine && http_response_code" 'http_response_code, http_content_length')" "200 200000" \
		"... as the answer is"
	isnt "$(field "$mine && http_response_code" http_file_data)" "" "... put together"
	is "$(field "$mine && tcp_flags_syn + 0" tcp_flags_ack | xargs)" "0 1" "... after a handshake"
	is "$(field "$mine && tcp_flags_fin + 0" tcp_len | xargs)" "0 0" "... and ends"
done
is "$(odd 'tcp.analysis.flags || tcp.checksum.status != 1 || ip.checksum.status == 0')" "" \
	"no packet is suspicious, or has a wrong checksum"
is "$(field 'frame_comment !~ /^made up by skwatch bypass/' frame_comment)" "" \
	"each packet says that it is made up"
like "$(field 'tcp_len > 0' frame_comment | tail -n 1)" \
	'the data is real: from python3\[[0-9]+\] to python3\[[0-9]+\]$' "... and names both processes"

# ---- large streams ----
bypass -w "$FILE" --max-queue 64m
is "$(peers exact 4 16)" $'there True\nback True' "large streams are exact"
stop
adds_up "... and each byte is recorded, or is told not to be"
isnt "$(bytes 'recorded in')" 0 "... of which some are"

# ---- a ring that overflows ----
bypass -w "$FILE" --max-queue 1g
kill -STOP "$PID"
is "$(peers exact 6 80)" $'there True\nback True' "nothing waits for a recording that has stopped"
kill -CONT "$PID"
stop
isnt "$(bytes 'not recorded, because a ring was full')" 0 "what found no room is counted"
adds_up "... exactly"
is "$(odd 'tcp.checksum.status != 1')" "" "... and the rest can be read"

# ---- a full disk ----
bypass -w "$SMALL/x.pcapng"
is "$(peers exact 4 8)" $'there True\nback True' "applications don't notice a full disk"
wait "$PID"
STATUS=$?
forget "$PID"
is "$STATUS $(grep -c 'No space left' "$ERR")" "1 1" "... which ends the recording with one line and status 1"
is "$(bpftool cgroup show "$CGROUP" 2>/dev/null)" "" "... and nothing stays attached"
is "$(peers talk 5 100 | cut -d ' ' -f 1)" talked "... and connections go on"
like "$(cat "$ERR")" 'less than [0-9]+ bytes recorded in ' "... and tells that not all was written"
check "... and what was written can be read" tshark -r "$SMALL/x.pcapng" -c 1
done_testing
