#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Short connections have the right owner: of several servers at one port the one that served, of a
# process that forks the child, and where that can't be told, none.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
cgroup

# owner PORT in|out: pid and source of the end of that connection.
owner() {
	local which="remote_port == $1"
	[ "$2" = in ] || which="local_port == $1"
	"${ROWS[@]}" get "$OUT" "type == 'close' and $which" pid owner_source
}

for family in 4 6; do
	watch "$A" events --json --cgroup "$CGROUP" -t established,close
	conns "$A" owners all --peer "$B" $([ $family = 4 ] || echo -6)
	# The server's end of each closes after the client's, and only then is all told.
	silent "$A"
	silent "$B"
	stop
	is "$STATUS $(lost)" "0 0" "IPv$family: nothing was lost"
	servers=()
	while read -r kind port side pid; do
		[ "$kind" = ready ] && break
		[ "$kind" != reuseport ] || servers+=("$pid")
		is "$(owner "$port" "$side")" "$pid closer" "IPv$family, $kind: $port is closed by $pid"
	done <"$CONNS_OUT"
	isnt "$(printf '%s\n' "${servers[@]}" | sort -u | wc -l)" 1 \
		"IPv$family: more than one server at the same port has served"
	is "$("${ROWS[@]}" get "$OUT" 'type == "established" and local_port == 7001' pid owner_source direction |
		sort -u)" "None None in" "IPv$family: of several servers none is blamed before"
	is "$("${ROWS[@]}" get "$OUT" 'type == "established" and local_port == 7002' owner_source | sort -u)" \
		listener "IPv$family: an only listener stands for what it accepts"
	all_gone
done

# The holders of connections that live longer are those that hold them: all of a process and its child.
conns "$A" hold v4 shared --peer "$B"
once "$B" -n 1 --json --netns self
is "$("${ROWS[@]}" get "$OUT" "local_port == $(port_of shared) and remote_port" owner_source | sort -u)" \
	holder "a connection that lives longer has its holders"
all_gone
done_testing
