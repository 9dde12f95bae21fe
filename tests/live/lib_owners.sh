# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# For tests of captures by owner, after lib.sh. Servers and clients are owned.py. Each test compares
# the file of a capture by owner with that of a capture of everything.

OWNED=$srcdir/tests/live/owned.py
REFERENCE=$TMP/all.pcapng

# owned NAME NS ARGUMENTS...: owned.py in the background, until it is ready. Its process is
# ${OWNER[NAME]}; `tell NAME WORDS` sends it a line.
declare -A OWNER INPUT
owned() {
	local name=$1 ns=$2 fd
	shift 2
	mkfifo "$TMP/in.$name"
	: >"$TMP/said.$name"
	ip netns exec "$ns" python3 "$OWNED" "$@" <"$TMP/in.$name" >"$TMP/said.$name" \
		2>"$TMP/trouble.$name" &
	OWNER[$name]=$!
	STARTED+=("$!")
	exec {fd}>"$TMP/in.$name"
	INPUT[$name]=$fd
	wait_for_line "$TMP/said.$name" "${OWNER[$name]}" '^ready' ||
		bail "owned.py $*: $(cat "$TMP/trouble.$name")"
}

# tell NAME LINE COUNT: COUNT is the number of lines that were told until now, this one included.
tell() {
	echo "$2" >&"${INPUT[$1]}"
	wait_for_lines "$TMP/said.$1" "${OWNER[$1]}" "$3" '^done' ||
		bail "owned.py $1: $(cat "$TMP/trouble.$1")"
}

talk() { # NS ADDR PORT N
	local said
	said=$(ip netns exec "$1" python3 "$OWNED" talk "$2" "$3" "$4" 2>&1) || bail "talk: $said"
}

# The capture of everything begins after the other and ends before it. So each of its packets could
# be in the other's file, too.
begin() { # NS IF ARGUMENTS...
	local ns=$1 iface=$2
	shift 2
	start "$ns" capture -i "$iface" -w "$TMP/own.pcapng" "$@"
	OWN_PID=$PID OWN_ERR=$ERR
	start "$ns" capture -i "$iface" -w "$REFERENCE"
}

end() {
	stop
	PID=$OWN_PID ERR=$OWN_ERR
	stop
	is "$STATUS" 0 "$1: ends with status 0"
}

lines_of() { "$SKWATCH" capture -r "$1" --no-events -t -v "$2" 2>/dev/null | sort; }

count_of() { "$SKWATCH" capture -r "$1" --count "$2" 2>/dev/null | sed 's/ .*//'; }

# exactly NAME FILTER: the capture by owner has all packets of FILTER that the other has, and no
# others at all.
exactly() {
	local missing
	missing=$(comm -23 <(lines_of "$REFERENCE" "$2") <(lines_of "$TMP/own.pcapng" "$2"))
	isnt "$(count_of "$REFERENCE" "$2")" 0 "$1: there are such packets"
	is "$missing" "" "$1: all packets of the owner"
	is "$(count_of "$TMP/own.pcapng" "not ($2)")" 0 "$1: none of others"
}
