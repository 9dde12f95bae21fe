#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The messages of connections are judged by rules: a denied one gives EACCES and closes the way out,
# until the policy ends; other connections are as before.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
A=skwt$$a
namespace "$A"
ip netns exec "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
ip -n "$A" address add 192.0.2.1/32 dev lo
cgroup
TOP=$CGROUP
mkdir "$TOP/in" "$TOP/beside" || bail "no cgroups"

# talk NAME DIRECTORY ARGUMENTS...: a process of policy_talk.py. asks NAME WORD: its answer.
declare -A PIDS TO
talk() {
	local name=$1 fd
	join_cgroup "$TOP/$2"
	shift 2
	mkfifo "$TMP/$name.in"
	: >"$TMP/$name"
	exec {fd}<>"$TMP/$name.in"
	TO[$name]=$fd
	nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" python3 "$srcdir/tests/live/policy_talk.py" \
		"$@" <"$TMP/$name.in" >"$TMP/$name" 2>"$TMP/$name.err" {fd}>&- &
	PIDS[$name]=$!
	STARTED+=("$!")
	wait_for_line "$TMP/$name" "$!" ready || bail "$name: $(cat "$TMP/$name.err")"
}
asks() { # NAME WORD...
	local name=$1 before word
	shift
	for word in "$@"; do
		before=$(wc -l <"$TMP/$name")
		echo "$word" >&"${TO[$name]}"
		wait_for_lines "$TMP/$name" "${PIDS[$name]}" $((before + 1)) '' ||
			bail "$name: no answer: $(cat "$TMP/$name.err")"
	done
	tail -n $# "$TMP/$name" | cut -d' ' -f2- | paste -sd' '
}
policy() { # ARGUMENTS...: a policy that judges when this returns
	launch "$A" policy --cgroup "$TOP/in" "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: judging ' && return
	not_ok "policy $* starts"
	exit 1
}
ends_all() { # NAME...
	local name
	for name; do
		kill "${PIDS[$name]}"
		wait "${PIDS[$name]}" 2>/dev/null
		forget "${PIDS[$name]}"
	done
}

refused() { # REGEX RULE
	run policy --cgroup "$TOP/in" "$2"
	is "$STATUS $(wc -l <"$ERR")" "2 1" "refused: $2"
	like "$(cat "$ERR")" "$1" "and the reason is told"
}
refused '=eperm: the error of a message is always eacces' 'deny-message=eperm tcp'
refused 'only messages of tcp' 'deny-message udp'
refused 'messages have no default' 'default deny-message'
refused 'redirect-message: no such action' 'redirect-message tcp via 127.0.0.1:80'

talk server beside serve :: 7001 7002 7003
talk old in talk 127.0.0.1 7002
policy 'observe-message tcp port 7001' 'allow-message to 127.0.0.9' \
	'deny-message tcp to 127.0.0.0/8 port 7002' 'deny-message=eacces to ::1 port 7002' \
	'deny-message tcp to 192.0.2.0/24'
like "$(cat "$ERR")" 'a denied message closes the way out of its connection until the policy ends' \
	"the start says what a denied message does"
talk four in talk 127.0.0.1 7002
is "$(asks four take send send write sendmsg dontwait)" "hello EACCES EACCES EACCES EACCES EACCES" \
	"a message that is denied fails with EACCES, and so do all that follow"
is "$(asks old take send take)" "hello ok 12345" "a connection that was there before is not judged"
talk six in talk ::1 7002
talk mapped in talk ::ffff:127.0.0.1 7002
is "$(asks six take write) $(asks mapped sendmsg)" "hello EACCES EACCES" "IPv6 and IPv4-mapped addresses as well"
talk file in talk 192.0.2.1 7003
talk pipe in talk 192.0.2.1 7003
is "$(asks file sendfile) $(asks pipe splice)" "EACCES EACCES" "sendfile() and splice() as well"
talk allowed in talk 127.0.0.9 7002
talk other in talk 127.0.0.1 7003
talk outside beside talk 127.0.0.1 7002
is "$(asks allowed take send take) $(asks other take send take) $(asks outside take send take)" \
	"hello ok 12345 hello ok 12345 hello ok 12345" \
	"the first rule decides, other ports are as before, and other cgroups"
talk seen in talk 127.0.0.1 7001
is "$(asks seen take send take write sendfile take)" "hello ok 12345 ok ok 12345" "observe changes nothing"
is "$(asks allowed send waiting)" "ok 5" \
	"a connection that no rule names is not in the kernel's map: FIONREAD tells what waits"
stop
is "$STATUS" 0 "it ends well"
is "$(asks four send take) $(asks six send take)" "ok 12345 ok 12345" \
	"when it has ended, the way out is open again"
is "$(grep -c ' deny .*call message, protocol tcp, rule [345], error EACCES' "$OUT")" 5 \
	"an event for each connection that was closed"
is "$(grep -c ' observe .*python3\[[0-9]*\] .*127.0.0.1:7001 .*call message, protocol tcp, rule 1' "$OUT")" 3 \
	"and for each message that was observed"
like "$(cat "$ERR")" 'rule 3, deny-message tcp to 127.0.0.0/8 port 7002: 2$' "the rule has counted them"
ends_all four six mapped file pipe allowed other outside seen old

# Messages of a server, and MPTCP.
policy 'deny-message tcp to 127.0.0.0/8'
talk served in serve 127.0.0.1 7004
talk client beside talk 127.0.0.1 7004
check "what a server answers is judged by the client's address" \
	wait_for_line "$TMP/served" "${PIDS[served]}" 'no greeting EACCES'
if [ "$(cat /proc/sys/net/mptcp/enabled 2>/dev/null)" = 1 ]; then
	talk multi in talk 127.0.0.1 7001 mptcp
	is "$(asks multi send)" ok "MPTCP is not judged"
	ends_all multi
fi
stop
[ "$(cat /proc/sys/net/mptcp/enabled 2>/dev/null)" != 1 ] ||
	like "$(cat "$ERR")" '^skwatch: 1 connection that rules for messages name could not be reached' \
		"and is counted"
ends_all served client

# Other rules.
echo 'deny-message tcp port 7002' >"$TMP/rules"
policy --rules "$TMP/rules"
talk one in talk 127.0.0.1 7002
talk two in talk 127.0.0.1 7002
is "$(asks one send)" EACCES "denied"
echo 'allow-message tcp port 7002' >"$TMP/rules"
kill -HUP "$PID"
wait_for_line "$ERR" "$PID" 'from now on' || bail "no reload"
is "$(asks two take send take) $(asks one send)" "hello ok 12345 EACCES" \
	"rules that are read again judge messages, but a way that is closed stays closed"
stop
ends_all one two
echo 'deny connect port 7002' >"$TMP/rules"
policy --rules "$TMP/rules"
echo 'deny-message tcp' >"$TMP/rules"
kill -HUP "$PID"
check "rules for messages can't come in later" \
	wait_for_line "$ERR" "$PID" 'a rule is for messages, and none was at the start.*before stay in place'
stop

# Pinned.
mkdir "$TMP/bpf" && mount -t bpf none "$TMP/bpf" && MOUNTS+=("$TMP/bpf")
policy --bpffs "$TMP/bpf/skwatch" --pin web 'deny-message tcp port 7002'
stop
talk pinned in talk 127.0.0.1 7002
is "$(asks pinned send)" EACCES "pinned: denied when it has ended"
run list --bpffs "$TMP/bpf/skwatch"
like "$(cat "$OUT")" '^ +1 +deny-message tcp port 7002$' "list shows it with its counter"
run detach --bpffs "$TMP/bpf/skwatch" web
is "$STATUS" 0 "detach"
check "the way out is open again" becomes eval '[ "$(asks pinned send)" = ok ]'
ends_all pinned

# Killed while connections are closed by it.
for victim in worker keeper; do
	policy 'deny-message tcp port 7002'
	keeper=$(keeper_of "$PID")
	talk $victim in talk 127.0.0.1 7002
	is "$(asks $victim take send)" "hello EACCES" "$victim: denied"
	[ $victim = worker ] && kill -KILL "$PID" || kill -KILL "$keeper"
	check "$victim killed: both processes end" "$TRAFFIC" gone "$PID" "$keeper"
	wait "$PID" 2>/dev/null
	forget "$PID"
	check "and the way out is open again" becomes eval '[ "$(asks $victim send)" = ok ]'
	is "$(asks $victim take)" 12345 "nothing was lost"
	ends_all $victim
done
talk random in talk 127.0.0.1 7003
for i in {1..20}; do
	launch "$A" policy --cgroup "$TOP/in" 'deny-message tcp'
	read -r -t 0.0$((RANDOM % 10))$((RANDOM % 10)) <> <(:)
	join_cgroup "$TOP/in"
	nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" bash -c \
		'exec 3<>/dev/tcp/127.0.0.1/7002 && echo x >&3' 2>/dev/null
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	forget "$PID"
done
talk after in talk 127.0.0.1 7002
check "killed at 20 random moments: connections send" \
	becomes eval '[ "$(asks random send) $(asks after send)" = "ok ok" ]'
done_testing
