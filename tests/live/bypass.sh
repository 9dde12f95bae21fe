#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Bytes between two sockets of a cgroup go past TCP: all arrive, in order, and nothing of it stays.
# shellcheck source=tests/live/lib.sh
. "${srcdir:?}/tests/live/lib.sh"
# shellcheck source=tests/live/lib_conns.sh
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_bypass.sh"
need root python3 tcpdump bpftool
PEERS=(python3 "$srcdir/tests/live/bypass_peers.py")
cgroup
namespace "skwt$$a"
namespace "skwt$$b"
A=skwt$$a B=skwt$$b
in_ns() { nsenter --net="/run/netns/$1" "${@:2}"; } # leaves the mount of the cgroups visible
in_ns "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
mkdir "$TMP/bpf"
mount -t bpf none "$TMP/bpf" || bail "no BPF file system"
MOUNTS+=("$TMP/bpf")

# peers WHAT...: both ends in the cgroup and in a namespace; prints what they saw.
peers() { in_ns "$A" "${PEERS[@]}" "$CGROUP" "$@" 2>&1; }

# peers_start NAME NS WHAT...: likewise, in the background, until they are ready. They obey lines.
declare -A INPUT PEER
peers_start() {
	local name=$1 ns=$2 fd
	shift 2
	mkfifo "$TMP/in.$name"
	: >"$TMP/said.$name"
	in_ns "$ns" "${PEERS[@]}" "$CGROUP" "$@" <"$TMP/in.$name" >"$TMP/said.$name" 2>&1 &
	PEER[$name]=$!
	STARTED+=("$!")
	exec {fd}>"$TMP/in.$name"
	INPUT[$name]=$fd
	wait_for_line "$TMP/said.$name" "${PEER[$name]}" '^ready' || bail "$(cat "$TMP/said.$name")"
}
# tell NAME COUNT: one more exchange, which is the COUNT-th; prints whether it was exact.
tell() {
	echo go >&"${INPUT[$1]}"
	wait_for_lines "$TMP/said.$1" "${PEER[$1]}" "$2" '^done' || bail "$(cat "$TMP/said.$1")"
	grep '^done' "$TMP/said.$1" | tail -n 1
}

# moved: how many messages were moved past TCP, by the closing figures.
moved() { sed -nE 's/^skwatch: ([0-9]+) messages? .* moved past TCP.*/\1/p' "$ERR" | tail -n 1; }
# passed REASON: how many messages passed for it.
passed() { sed -nE "s/^skwatch: ([0-9]+) messages? .* passed to TCP: $1.*/\1/p" "$ERR" | tail -n 1; }

# refused TEXT ARGUMENTS...: one line, status 2, and nothing is attached.
refused() {
	local text=$1
	shift
	run bypass "$@"
	is "$STATUS $(wc -l <"$ERR")" "2 1" "bypass $*: refused with one line"
	like "$(cat "$ERR")" "$text" "... which tells why"
}

# ---- what is refused ----
refused 'bypass needs --cgroup'
refused 'no such cgroup' --cgroup "$CGROUP/none"
refused 'root of all cgroups' --cgroup "${CGROUP%/*}"
setpriv --reuid 65534 --clear-groups "$SKWATCH" bypass --cgroup "$CGROUP" >"$OUT" 2>"$ERR"
is "$? $(wc -l <"$ERR")" "1 1" "without privileges there is one line"
like "$(cat "$ERR")" 'missing CAP_BPF' "... which names them"
refused 'takes no arguments' --cgroup "$CGROUP" more
refused 'is not in a BPF file system' --cgroup "$CGROUP" --pin x --bpffs "$TMP"
run bypass --cgroup "$CGROUP" --dry-run
is "$STATUS" 0 "--dry-run ends well"
like "$(cat "$ERR")" 'would attach two programs' "... and tells what it would do"
is "$(bpftool cgroup show "$CGROUP" 2>/dev/null)" "" "... and attaches nothing"

mkdir "$TMP/bpf/other"
bpftool prog loadall "$builddir/bpf/bypass.bpf.o" "$TMP/bpf/other/p" 2>/dev/null &&
	bpftool cgroup attach "$CGROUP" sock_ops pinned "$TMP/bpf/other/p/skw_sockops" ||
	bail "no program of another tool"
refused 'another program is attached to .*skw_sockops' --cgroup "$CGROUP"
bpftool cgroup detach "$CGROUP" sock_ops pinned "$TMP/bpf/other/p/skw_sockops"

# ---- a capture sees no data ----
bypass --json
"${as_typed[@]}" nsenter "--net=/run/netns/$A" tcpdump --immediate-mode -i lo -n -U -w "$TMP/lo.pcap" \
	2>"$TMP/said.tcpdump" &
TCPDUMP=$!
STARTED+=("$TCPDUMP")
wait_for_line "$TMP/said.tcpdump" $TCPDUMP 'listening on' || bail "tcpdump"
said=$(peers talk 100 1000)
like "$said" '^talked' "a hundred messages each way arrive"
flags() { tcpdump -nr "$TMP/lo.pcap" "tcp[tcpflags] & $1 != 0" 2>/dev/null | wc -l; }
ended() { [ "$(flags tcp-fin)" -eq 2 ]; }
check "a capture on lo has the end of the connection" becomes ended
kill -INT $TCPDUMP
wait $TCPDUMP
forget $TCPDUMP
is "$(flags tcp-syn)" 2 "... and its handshake"
is "$(tcpdump -nr "$TMP/lo.pcap" 2>/dev/null | grep -vc 'length 0$')" 0 "... and no byte of data"
stop
is "$STATUS" 0 "ends with status 0"
is "$(moved)" 200 "the figures have all messages"
is "$(grep -c '"type":"bypass"' "$OUT")" 2 "an event for each direction that is taken over"
is "$(grep '"type":"close"' "$OUT" | grep -c '"messages":100,"bytes":100000')" 2 \
	"... and for its end, with what it has moved"
like "$(grep -m 1 '"type":"bypass"' "$OUT")" '"comm":"python3"' "... by its process"

# ---- every byte, in order ----
bypass
for family in 4 6; do
	said=$(peers exact $family 8)
	is "$said" $'there True\nback True' "IPv$family: 8 MiB each way are exact"
done
is "$(peers defer)" AAAABBBBCC "TCP_DEFER_ACCEPT: nothing overtakes what TCP has"
is "$(peers waitall)" "got b'1234567890'" "a reader with MSG_WAITALL that waits in TCP gets the rest"
is "$(peers early 200)" "wrong 0" "200 clients that send at once and close: nothing is lost"
is "$(peers half_close)" $'read 300000\nanswer 200000' "a half-closed connection goes on"
is "$(peers lowat)" 'lowat False 10' "SO_RCVLOWAT works, as its socket stays with TCP"
stop
isnt "$(moved)" 0 "these were moved"
is "$(passed 'the other end has set SO_RCVLOWAT')" 1 "... and what passed is counted by its reason"

bypass
is "$(peers late 500)" "exact True" "a direction that began by TCP is exact"
stop
[ "$(moved)" -gt 100 ] && late=yes
is "${late:-no}" yes "... and is taken over later"

# ---- a reader that does not read ----
bypass --max-queue 256k
said=$(peers deaf 64)
like "$said" 'writable False' "a deaf reader stops its sender"
like "$said" 'exact True' "... and gets every byte, in order, when it reads"
[ "$(sed -n 's/accepted //p' <<<"$said")" -lt $((16 << 20)) ] && bounded=yes
is "${bounded:-no}" yes "... of which less than 16 MB were under way"
stop
like "$(cat "$OUT")" 'return .* reason too much is unread at the other end' \
	"the direction was given back to TCP, which is told"
like "$(cat "$OUT")" 'return .* bytes (262144|1[0-9]{5}|2[0-5][0-9]{4})$' "... at the limit"

# ---- equal addresses in two namespaces ----
bypass
peers_start a "$A" twins 7100 a
peers_start b "$B" twins 7100 b
for n in 1 2 3; do
	is "$(tell a $n) $(tell b $n)" "done True done True" "connections with equal addresses are apart ($n)"
done
stop
is "$(moved)" 12 "... and all of that was moved"

# ---- only one end is in the cgroup ----
bypass
peers_start one "$A" hold
in_ns "$A" "${PEERS[@]}" - talk 10 100 >/dev/null
is "$(tell one 1)" "done True" "connections outside of the cgroup don't matter"
stop
is "$(moved)" 2 "... and are not moved"

# ---- ends while data is under way ----
bypass
peers_start old "$A" hold
is "$(tell old 1)" "done True" "a connection is moved"
stop
is "$(tell old 2)" "done True" "... and goes on by TCP when skwatch has ended"
bypass
peers_start killed "$A" hold
is "$(tell killed 1)" "done True" "another one is moved"
kill -KILL "$PID"
wait "$PID" 2>/dev/null
forget "$PID"
is "$(tell killed 2)" "done True" "... and goes on after SIGKILL"
is "$(peers exact 4 1)" $'there True\nback True' "... and so do new connections"
bare() { [ -z "$(bpftool cgroup show "$CGROUP" 2>/dev/null)" ]; }
becomes bare && ok "... and the second process detaches all"

# ---- pinned ----
bypass --pin gone --bpffs "$TMP/bpf/skwatch"
session=$ERR
run detach --bpffs "$TMP/bpf/skwatch" gone
ERR=$session
stop
is "$STATUS" 0 "a session whose pin is detached meanwhile ends"
is "$(lines_like "$ERR" 'gone stays')" 0 "... and doesn't say that it stays"
is "$(lines_like "$ERR" 'gone was detached before the end')" 1 "... but that it was detached"

# A signal that comes before the session listens to signals ends it in order. The first line of the
# command comes before it pins anything.
mkfifo "$TMP/fifo"
"${as_typed[@]}" "$SKWATCH" bypass --cgroup "$CGROUP" --pin held --bpffs "$TMP/bpf/skwatch" \
	>"$TMP/out.held" 2>"$TMP/fifo" </dev/null &
PID=$!
STARTED+=("$PID")
exec {held}<"$TMP/fifo"
read -r line <&$held
kill -INT "$PID"
cat <&$held >"$TMP/err.held"
exec {held}<&-
ERR=$TMP/err.held
finish
is "$STATUS" 0 "a signal during the start ends it in order"
is "$(lines_like "$ERR" 'held stays: skwatch detach held')" 1 "... and what is pinned is told"
run detach --bpffs "$TMP/bpf/skwatch" held
bypass --pin fast --bpffs "$TMP/bpf/skwatch"
stop
like "$(cat "$ERR")" 'fast stays: skwatch detach fast' "--pin stays when skwatch ends"
peers talk 5 100 >/dev/null
run list --json --bpffs "$TMP/bpf/skwatch"
like "$(cat "$OUT")" '"kind":"bypass"' "list shows it"
like "$(cat "$OUT")" '10' "... with what it has moved since"
run detach --bpffs "$TMP/bpf/skwatch" fast
is "$STATUS $(bpftool cgroup show "$CGROUP" 2>/dev/null)" "0 " "detach removes it"
is "$(peers talk 5 100 | cut -d ' ' -f 1)" talked "... and connections go on"
done_testing
