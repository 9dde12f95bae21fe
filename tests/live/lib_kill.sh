# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Connections that tests of skwatch kill and of the key K end. A test sources this after lib_conns.sh:
#
#	peers a "$A" 127.0.0.1 7000 tcp # connections with the ports 7001, 7002 and 7003
#	met a "client 7001 ECONNABORTED" # whether that, and no more, has happened to them
#	alive a # "7002 7003 "

# peers NAME NS ADDRESS PORT KIND: see kill_peers.py; $TMP/NAME is what it has said, and its process
# is ${PEERS[NAME]}.
declare -A PEERS TO
peers() {
	local fd
	mkfifo "$TMP/$1.in"
	: >"$TMP/$1"
	exec {fd}<>"$TMP/$1.in"
	TO[$1]=$fd
	ip netns exec "$2" python3 "$srcdir/tests/live/kill_peers.py" "$1" "${@:3}" <"$TMP/$1.in" \
		>"$TMP/$1" 2>"$TMP/$1.err" {fd}>&- &
	PEERS[$1]=$!
	STARTED+=("$!")
	wait_for_line "$TMP/$1" "$!" "^$1 ready$" || bail "no peers: $(cat "$TMP/$1.err")"
}
# told NAME COMMAND...: has it do something, and waits until it is done.
told() {
	local n
	n=$(grep -c '^[a-z0-9]* done$' "$TMP/$1")
	echo "${*:2}" >&"${TO[$1]}"
	wait_for_lines "$TMP/$1" "${PEERS[$1]}" $((n + 1)) "^$1 done$" || bail "$*"
}
# alive NAME: the ports of its open connections.
alive() {
	local n
	n=$(grep -c '^[a-z0-9]* done$' "$TMP/$1")
	told "$1" ping
	awk -v n="$n" '$2 == "done" { d++ } d == n && $2 == "alive" { printf "%s ", $3 }' "$TMP/$1"
}
# met NAME LINE...: whether it says these lines, sorted, and no other, beside those about itself.
met() {
	local name=$1 want
	shift
	want=$(printf '%s\n' "$@" | sort)
	becomes has_met "$name" "$want"
}
has_met() { [ "$(sed "s/^$1 //" "$TMP/$1" | grep -Ev '^(ready|done|alive)' | sort)" = "$2" ]; }
