#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch policy --kill-existing ends the connections that are open and that a rule denies, and
# nobody else's.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
A=skwt$$a
B=skwt$$b
for ns in "$A" "$B"; do
	namespace "$ns"
	ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
done
cgroup
TOP=$CGROUP
mkdir "$TOP/in" "$TOP/in/below" "$TOP/beside" || bail "no cgroups"

# run_in NAME NS DIRECTORY ARGUMENTS...: a process of policy_open.py; its output is $TMP/NAME,
# and tell_to NAME LINE writes to it.
declare -A PIDS TO
run_in() {
	local name=$1 ns=$2 fd
	join_cgroup "$TOP/$3"
	shift 3
	mkfifo "$TMP/$name.in"
	: >"$TMP/$name"
	exec {fd}<>"$TMP/$name.in"
	TO[$name]=$fd
	nsenter --net="/run/netns/$ns" "${IN_CGROUP[@]}" python3 "$srcdir/tests/live/policy_open.py" \
		"$@" <"$TMP/$name.in" >"$TMP/$name" 2>"$TMP/$name.err" {fd}>&- &
	PIDS[$name]=$!
	STARTED+=("$!")
}
tell_to() { echo "$2" >&"${TO[$1]}"; }
says() { # NAME REGEX
	wait_for_line "$TMP/$1" "${PIDS[$1]}" "$2" || bail "$1: no $2: $(cat "$TMP/$1" "$TMP/$1.err")"
}
open_of() { # NAME: the connections that are open, after all that has ended was told
	local before
	before=$(grep -c '^open' "$TMP/$1")
	tell_to "$1" '?'
	wait_for_lines "$TMP/$1" "${PIDS[$1]}" $((before + 1)) '^open' || bail "$1 does not answer"
	sed -n 's/^open *//p' "$TMP/$1" | tail -n 1
}
policy() { # ARGUMENTS...: a policy that judges when this returns
	launch "$A" policy --cgroup "$TOP/in" "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: judging ' && return
	not_ok "policy $* starts"
	exit 1
}
ended() { sed "s/ $1\$//;t;d" "$TMP/$2" | sort | tr '\n' ' '; } # ERROR NAME

for ns in "$A" "$B"; do
	run_in "server.$ns" "$ns" beside serve
	says "server.$ns" ready
done
run_in one "$A" in hold tcp=tcp:7001 six=tcp6:7001 mapped=mapped:7001 udp=udp:7001 busy=busy:7001 \
	half=half:7001 bound=bound:7001 waiting=waiting:7004 allowed=tcp:7002 proxy=tcp:7003 \
	served=accepted:7201 alone=accepted-alone:7202
run_in two "$B" in/below hold tcp=tcp:7001 six=tcp6:7001 allowed=tcp6:7002
run_in other "$A" beside hold tcp=tcp:7001 udp=udp:7001
says one listening
tell_to "server.$A" "call 7201 call 7202"
for name in one two other; do says $name ready; done

RULES=('allow connect port 7002' 'redirect connect tcp to 192.0.2.0/24 via 127.0.0.1:7003'
	'deny connect to 127.0.0.0/8' 'deny connect to ::1 cgroup below')

run policy --cgroup "$TOP/in" --kill-existing --learn 1s
is "$STATUS $(wc -l <"$ERR")" "2 1" "--learn has nothing to end"
run policy --cgroup "$TOP/in" --kill-existing --dry-run "${RULES[@]}"
is "$STATUS $(bpftool cgroup show "$TOP/in" | grep -c skw_policy)" "0 0" "--dry-run attaches nothing"
is "$(grep -c '^would end' "$OUT")" 8 "and tells what would be ended"
like "$(cat "$OUT")" "^would end tcp 127.0.0.1:[0-9]+ > 127.0.0.1:7004, rule 3, cgroup /${TOP##*/}/in, network namespace $(stat -L -c %i "/run/netns/$A")\$" \
	"with rule, cgroup and namespace"
is "$(open_of one)" "allowed alone bound busy half mapped proxy served six tcp udp waiting" "but ends nothing"

# A policy without the option leaves them.
policy "${RULES[@]}"
stop
is "$(open_of one | wc -w) $(open_of two | wc -w)" "12 3" "without the option nothing is ended"

policy --kill-existing --json "${RULES[@]}"
for name in tcp mapped udp busy half waiting; do says one "^$name "; done
for name in tcp six; do says two "^$name "; done
# The error is told once, to the thread that sends or to the one that reads.
is "$(ended ECONNABORTED one | sed 's/^busy //')" "half mapped tcp udp waiting " "connections that a rule denies end with ECONNABORTED"
like "$(cat "$TMP/one")" '^busy (ECONNABORTED|FIN)$' "one that sends, too"
is "$(open_of one)" "allowed alone bound proxy served six" \
	"others stay: allowed, accepted or with the port of a listener, or to a proxy of the rules"
is "$(ended ECONNABORTED two) $(open_of two)" "six tcp  allowed" \
	"in another namespace and in a cgroup below that a rule names, too"
is "$(open_of other)" "tcp udp" "those of a cgroup beside it stay"
wait_for_lines "$TMP/server.$A" "${PIDS[server.$A]}" 3 '^reset$' || bail "no resets"
is "$(grep -c reset "$TMP/server.$A") $(grep -c reset "$TMP/server.$B")" "3 2" "their peers get a reset"
like "$(cat "$ERR")" '^skwatch: 8 connections that were open and that rules deny ended$' "the count is said"
like "$(cat "$ERR")" '^skwatch: left open: 3 to such a destination that were accepted, or may have been$' \
	"and how many were left"
like "$(cat "$ERR")" '^skwatch: left open: 1 to a proxy that a rule names$' "for each reason"
stop
is "$(python3 -c 'import json, sys
for line in sys.stdin:
    e = json.loads(line)
    print(e["type"], e["protocol"], e["remote_addr"], e["remote_port"], "rule", e["rule"], e["cgroup"])' <"$OUT" |
	sort | uniq -c | awk '{ $1 = $1 } 1' | sed "s|/${TOP##*/}/||")" "4 end tcp 127.0.0.1 7001 rule 3 in
1 end tcp 127.0.0.1 7001 rule 3 in/below
1 end tcp 127.0.0.1 7004 rule 3 in
1 end tcp ::1 7001 rule 4 in/below
1 end udp 127.0.0.1 7001 rule 3 in" "there is an event for each, with the rule"

# Nothing slips in between the end of what was open and the first verdict.
run_in hammer "$A" in hammer 7003
says hammer ready
policy --kill-existing 'deny=ehostdown connect tcp port 7003'
says hammer '^E'
tell_to hammer '?'
says hammer '^open'
# A connect() that waits for its handshake is ended as well.
like "$(tail -n 2 "$TMP/hammer" | tr '\n' ' ')" '^(EHOSTDOWN|ECONNABORTED) open 0 of 100 $' \
	"no connection of a busy program escapes"
stop
like "$(grep -m 1 " end .*7003" "$OUT")" '^[0-9:.]+ end .* 127.0.0.1:[0-9]+ +> 127.0.0.1:7003 +call connect, protocol tcp, rule 1$' \
	"an event as a line"
is "$(open_of other)" "tcp udp" "and those of the others stay"
done_testing
