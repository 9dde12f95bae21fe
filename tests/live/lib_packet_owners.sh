# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests of the owners of packets source this after lib.sh and lib_conns.sh:
#
#	need_owners
#	pair
#	server "$B" tcp-server web plain 10.77.0.2 7001   # ready when this returns
#	start "$A" capture -i any -w "$TMP/x.pcapng"
#	client "$A" tcp-client curl 10.77.0.2 7001 20     # has ended when this returns
#	stop
#	judge "$TMP/x.pcapng"                             # compares with what they held
#
# Roles and arguments are those of owners.py.
OWNERS=(python3 "$srcdir/tests/live/owners.py")
SERVERS=0

need_owners() {
	need_conns
	need tshark
	TRUTH=$TMP/truth
}

# server NS ROLE NAME ARGUMENTS...: with "${IN_CGROUP[@]}".
server() {
	local ns=$1 role=$2
	shift 2
	SERVERS=$((SERVERS + 1))
	"${IN_CGROUP[@]}" nsenter --net="/run/netns/$ns" "${OWNERS[@]}" "$role" "$TRUTH" "$@" \
		>"$TMP/server.$SERVERS" 2>&1 &
	STARTED+=("$!")
	wait_for_line "$TMP/server.$SERVERS" "$!" '^ready$' ||
		bail "$role $*: $(cat "$TMP/server.$SERVERS")"
}

# client NS ROLE NAME ARGUMENTS...
client() {
	local ns=$1 role=$2
	shift 2
	nsenter --net="/run/netns/$ns" "${OWNERS[@]}" "$role" "$TRUTH" "$@" >"$TMP/client" 2>&1 ||
		bail "$role $*: $(cat "$TMP/client")"
}

# judge FILE [NAME]: sets $JUDGED, the line of `owners.py check`.
judge() {
	JUDGED=$("${OWNERS[@]}" check "$TRUTH" "$@") || bail "owners.py check $*"
	grep '^#' <<<"$JUDGED"
	JUDGED=$(tail -n 1 <<<"$JUDGED")
	echo "# $JUDGED"
}
judged() { found "$1" <<<"$JUDGED"; }

# comments FILE FILTER: the number of packets, as Wireshark selects them.
selects() { tshark -r "$1" -Y "$2" 2>/dev/null | wc -l; }
