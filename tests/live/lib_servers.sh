# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests of steer and adopt source this after lib.sh:
#
#	need_servers
#	serve "$A" NAME ADDRESS PORT [WORD...]   # a server in the background; its process is $SERVER
#	is "$(ask "$A" 127.0.0.1 7 77)" "NAME 7 NAME 77" "both ports answer"
SERVER_PROGRAM=$builddir/tests/live/server

need_servers() {
	need root bpftool
	[ -x "$SERVER_PROGRAM" ] || bail "$SERVER_PROGRAM is not there"
}

# host: the namespace $A, which is alone, with IPv4 and IPv6. All addresses of 192.0.2.0/24 and
# fd77::/64 are its own.
host() {
	A=skws$$
	namespace "$A"
	inside "$A" sh -c 'for i in all default lo; do
		echo 0 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; done'
	ip -n "$A" addr add ::1/128 dev lo 2>/dev/null
	ip -n "$A" route add local 192.0.2.0/24 dev lo
	ip -n "$A" -6 route add local fd77::/64 dev lo
}

# bpffs: a BPF file system of the test's own. $BPFFS is the option for skwatch.
bpffs() {
	mkdir "$TMP/bpf"
	mount -t bpf none "$TMP/bpf" || bail "no BPF file system"
	MOUNTS+=("$TMP/bpf")
	BPFFS="--bpffs=$TMP/bpf/pins"
}

serve() {
	local ns=$1
	shift
	SERVED=$((${SERVED:-0} + 1))
	SERVER_OUT=$TMP/server.$SERVED
	: >"$SERVER_OUT"
	ip netns exec "$ns" "$SERVER_PROGRAM" serve "$@" >"$SERVER_OUT" 2>&1 </dev/null &
	SERVER=$!
	STARTED+=("$SERVER")
	wait_for_line "$SERVER_OUT" "$SERVER" '^ready' || bail "serve $*: $(cat "$SERVER_OUT")"
}

# fd_of_server: the descriptor that the last server has for its socket.
fd_of_server() { sed -n 's/^ready \([0-9]*\).*/\1/p' "$SERVER_OUT"; }

# ask NS [udp] ADDRESS PORT...: the answers on one line.
ask() {
	local ns=$1
	shift
	ip netns exec "$ns" "$SERVER_PROGRAM" ask "$@" | cut -d' ' -f3- | paste -sd' '
}

# load NS ADDRESS PORT COUNT CLIENTS: makes connections; the figures are in $TMP/load.
load() {
	ip netns exec "$1" "$SERVER_PROGRAM" load "$2" "$3" "$4" "$5" >"$TMP/load" </dev/null
}

# open_ports NS ADDRESS FIRST LAST: the ports that answer.
open_ports() {
	# shellcheck disable=SC2046
	ip netns exec "$1" "$SERVER_PROGRAM" ask "$2" $(seq "$3" "$4") |
		awk '$3 != "ECONNREFUSED" { print $2 }' | paste -sd' '
}

# steers ARGUMENTS...: skwatch steer in the background and in $A; it steers when this returns.
steers() {
	launch "$A" steer "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: (steering|following) ' && return
	not_ok "skwatch steer $* starts" "it never said that it steers"
	exit 1
}

# skw ARGUMENTS...: skwatch in the foreground in $A; sets $OUT, $ERR and $STATUS.
skw() {
	LAUNCHED=$((${LAUNCHED:-0} + 1))
	OUT=$TMP/out.$LAUNCHED
	ERR=$TMP/err.$LAUNCHED
	ip netns exec "$A" "$SKWATCH" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

# refused WHY NAME ARGUMENTS...: skwatch ends with status 2 and says why.
refused() {
	local why=$1 name=$2
	shift 2
	skw "$@"
	is "$STATUS" 2 "$name: status 2"
	like "$(cat "$ERR")" "$why" "$name: and says why"
}
