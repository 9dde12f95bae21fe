#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Calls of a cgroup are judged by rules: errors, reloads, other programs, pins, and nothing stays
# behind.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
. "$srcdir/tests/live/lib_policy.sh"

# Wrong usage: one line, status 2, and nothing is attached.
refused() { # REGEX ARGUMENTS...
	local regex=$1
	shift
	run policy "$@"
	is "$STATUS $(wc -l <"$ERR")" "2 1" "refused: $*"
	like "$(cat "$ERR")" "$regex" "and the reason is told"
}
refused 'needs --cgroup' 'deny connect'
refused 'needs --rules FILE, a RULE' --cgroup "$TOP/in"
refused 'rule 2: conect: no such call' --cgroup "$TOP/in" 'allow connect' 'deny conect'
refused 'nowhere' --cgroup "$TOP/nowhere" 'deny connect'
refused 'No such file' --cgroup "$TOP/in" --rules "$TMP/none"
refused 'watch needs --rules' --cgroup "$TOP/in" --watch 'deny connect'
refused 'no rule redirects' --cgroup "$TOP/in" --proxy-cgroup "$TOP" 'deny connect'
run policy --cgroup "$TOP/in" --dry-run 'deny connect port 7002'
like "$(cat "$OUT")" '^ +1  deny connect port 7002$' "--dry-run prints the rules"
is "$STATUS $(programs)" "0 0" "and attaches nothing"

# The first rule that matches; EPERM; prefixes; observing changes nothing.
policy --json 'allow connect to 127.0.0.1 port 7001' 'observe connect port 7009' \
	'deny connect tcp to 127.0.0.0/8' 'deny=eacces create raw' 'observe connect'
is "$(connects in 7001)" ok "the first rule that matches decides"
is "$(connects in 7002)" EPERM "a call is denied with EPERM"
is "$(connects in 7009)" ECONNREFUSED "observe changes nothing"
is "$(in_cgroup in python3 -c 'import socket
try: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
except OSError as e: print(e.errno)')" 13 "a raw socket is not made"
stop
is "$(python3 -c 'import json, sys
for line in sys.stdin:
    e = json.loads(line)
    print(e["type"], e["call"], e["rule"], e["remote_port"], e["cgroup"])' <"$OUT" | tr '\n' ';')" \
	"deny connect 3 7002 /${TOP##*/}/in;observe connect 2 7009 /${TOP##*/}/in;deny create 4 None /${TOP##*/}/in;" \
	"JSON has the same"

# To the address 0 from an address of its own means that address.
policy 'deny=ehostdown connect to 127.0.0.2'
is "$(in_cgroup in python3 -c 'import errno, socket
for family, own, to in ((socket.AF_INET, "127.0.0.2", "0.0.0.0"),
                        (socket.AF_INET6, "::ffff:127.0.0.2", "::ffff:0.0.0.0")):
    sock = socket.socket(family)
    sock.bind((own, 0))
    print(errno.errorcode.get(sock.connect_ex((to, 7002)), "ok"))' | paste -sd' ')" "EHOSTDOWN EHOSTDOWN" \
	"a socket that is bound to an address can't reach it by the address 0"
stop

# Rules for some of the cgroups.
mkdir "$TOP/in/below/first"
policy 'allow connect port 7002 cgroup below/[df]*' 'deny connect port 7002 cgroup below' \
	'deny=eacces connect port 7001'
mkdir "$TOP/in/below/late" "$TOP/in/below/deep"
is "$(connects in 7002) $(connects in 7001)" "ok EACCES" "a rule for a cgroup is not for those above it"
is "$(connects in/below 7002) $(connects in/below 7001)" "EPERM EACCES" "it is for that one"
is "$(connects in/below/late 7002)" EPERM "and for those below it, also later ones"
is "$(connects in/below/deep 7002)" EPERM "a later one that a pattern matches waits for its turn"
stop
policy 'deny connect port 7002 cgroup *'
is "$(connects in 7002) $(connects in/below 7002)" "ok EPERM" "a pattern does not match the cgroup of the policy itself"
stop
policy 'allow connect port 7002 cgroup below/de*' 'deny connect port 7002 cgroup below'
is "$(connects in/below/deep 7002) $(connects in/below/late 7002)" "ok EPERM" "the first rule that matches decides"
stop
refused 'rule 1: cgroup none\*: there is none below' --cgroup "$TOP/in" 'deny connect cgroup none*'

# The sockets that escape are told.
mkfifo "$TMP/hold"
in_cgroup in "${CALLS[@]}" hold 127.0.0.1 7001 <"$TMP/hold" >"$TMP/held" &
STARTED+=($!)
exec {HOLD}>"$TMP/hold"
wait_for_line "$TMP/held" $! ready || bail "no connection"
policy 'deny connect'
like "$(cat "$ERR")" 'escape now: 1 connected already, 0 made outside of the cgroup, 0 raw or ping, 0 packet' \
	"connections that were there are counted"
like "$(cat "$ERR")" '^skwatch:   python3\[[0-9]+\] tcp 127.0.0.1:[0-9]+ > 127.0.0.1:7001, connected already$' \
	"and named"
stop
exec {HOLD}>&-
wait $!
mkfifo "$TMP/many"
in_cgroup beside "${CALLS[@]}" hold 127.0.0.1 7002 <"$TMP/many" >"$TMP/came" &
moved=$!
STARTED+=("$moved")
exec {HOLD}>"$TMP/many"
wait_for_line "$TMP/came" "$moved" ready || bail "no connection"
moved=$(sed -n 's/^ready .* //p' "$TMP/came")
echo "$moved" >"$TOP/in/cgroup.procs"
policy 'deny connect'
like "$(cat "$ERR")" "^skwatch:   python3.${moved:-none}. tcp .* > 127.0.0.1:7002, made outside of the cgroup" \
	"a socket that came with its process is named"
stop
none_attached() { [ "$(programs)" = 0 ]; }
becomes none_attached || bail "the policy is still attached" # the keeper may end later
: >"$TMP/held" # of the process before
in_cgroup in "${CALLS[@]}" hold_many 127.0.0.1 7001 <"$TMP/many" >"$TMP/held" {HOLD}>&- &
STARTED+=($!)
wait_for_line "$TMP/held" $! ready || bail "no connections"
policy 'deny connect'
like "$(cat "$ERR")" 'escape now: 20 connected already, 1 made outside of the cgroup, 1 raw or ping, 1 packet' \
	"sockets of all kinds are counted"
is "$(grep -c '^skwatch:   python3\[[0-9]*\]' "$ERR")" 20 "20 of them are named"
like "$(cat "$ERR")" '^skwatch:   and 3 more$' "and the others are not forgotten"
stop
exec {HOLD}>&-

# Beside another program of the cgroup tree, and behind one that excludes others.
policy 'deny=eacces connect port 7002'
first=$PID
launch "$A" policy --cgroup "$TOP" 'deny=etimedout connect port 7001'
wait_for_line "$ERR" "$PID" '^skwatch: judging ' || bail "no second policy"
is "$(connects in 7001) $(connects in 7002)" "ETIMEDOUT EACCES" "two policies: any denial wins"
stop
is "$(connects in 7001) $(connects in 7002)" "ok EACCES" "the other one stays"
id=$(bpftool -j cgroup show "$TOP/in" | python3 -c 'import json, sys
print([p["id"] for p in json.load(sys.stdin) if "connect4" in p["name"]][0])')
bpftool cgroup attach "$TOP/beside" connect4 id "$id" || bail "bpftool attaches nothing"
run policy --cgroup "$TOP/beside" 'deny connect'
is "$STATUS" 2 "another program's exclusive attachment is a reason to refuse"
like "$(cat "$ERR")" "beside \(program $id skw_policy_conn" "and is named"
is "$(bpftool cgroup show "$TOP/beside" | grep -c skw_policy)" 1 "nothing else is attached there"
bpftool cgroup detach "$TOP/beside" connect4 id "$id"
# The kernel would stop running a program that was attached above with `override`.
mkdir "$TOP/beside/below" || bail "no cgroup"
bpftool cgroup attach "$TOP/beside" connect4 id "$id" override || bail "bpftool attaches nothing"
run policy --cgroup "$TOP/beside/below" 'deny connect'
is "$STATUS" 2 "so is a program above that ours would put out of effect"
like "$(cat "$ERR")" "attached to .*/beside \(program $id skw_policy_conn" "it is named, too"
bpftool cgroup detach "$TOP/beside" connect4 id "$id"
PID=$first
stop

# Reload under load: both sets deny port 7002 with their own error, by another rule.
printf '%s\n' 'deny=ehostdown connect port 7002' 'allow connect' >"$TMP/one"
{ printf 'allow connect udp port %s\n' {1..200} 7001; echo 'deny=enetdown connect'; } >"$TMP/two"
cp "$TMP/one" "$TMP/rules"
policy --rules "$TMP/rules" --rate 100
coproc HAMMER { in_cgroup in "${CALLS[@]}" hammer 100000; }
exec {TELL}>&"${HAMMER[1]}" {HEAR}<&"${HAMMER[0]}"
hammer_pid=$HAMMER_PID
for i in {1..150}; do
	[ $((i % 2)) = 1 ] && file=two || file=one
	cp "$TMP/$file" "$TMP/next" && mv "$TMP/next" "$TMP/rules"
	kill -HUP "$PID"
	read -r -t 0.01 <> <(:)
done
wait_for_lines "$ERR" "$PID" 40 'from now on' || bail "no reloads"
echo >&"$TELL"
read -r -u "$HEAR" said
exec {TELL}>&- {HEAR}<&-
wait "$hammer_pid"
like "$said" '^calls [0-9]{6,} wrong 0 errors 2$' "$(grep -c "from now on" "$ERR") reloads: no wrong verdict in 100,000"
{ cat "$TMP/one"; echo 'allow bind'; } >"$TMP/rules"
kill -HUP "$PID"
wait_for_line "$ERR" "$PID" 'by 4 rules from now on' || bail "no last reload"
echo 'deny conect' >"$TMP/rules"
kill -HUP "$PID"
check "wrong rules are told" wait_for_line "$ERR" "$PID" \
	'rules:1: rule 1: conect: no such call; .*; the rules before stay in place$'
is "$(connects in 7002)" EHOSTDOWN "and the rules before stay in place"
stop
like "$(cat "$ERR")" 'not because of --rate' "events over the rate are counted"
sum=$(sed -nE 's/^skwatch: ([0-9]+) events were told, ([0-9]+) not .*, ([0-9]+) not .*/\1 + \2 + \3/p' "$ERR")
is "$((sum))" "$(sed -n 's/^skwatch: [0-9]* allowed, \([0-9]*\) denied.*/\1/p' "$ERR")" \
	"and no denial is missing"

# --watch: another file in its place.
cp "$TMP/one" "$TMP/rules"
policy --rules "$TMP/rules" --watch
cp "$TMP/two" "$TMP/next" && mv "$TMP/next" "$TMP/rules"
check "--watch reads the file that was moved there" wait_for_line "$ERR" "$PID" 'by 203 rules from now on'
is "$(connects in 7002)" ENETDOWN "and its rules judge"
stop

# Learned rules allow what was seen, and nothing else.
launch "$A" policy --cgroup "$TOP/in" --learn 1h
wait_for_line "$ERR" "$PID" '^skwatch: judging ' || bail "nothing is learned"
is "$(connects in 7001) $(connects in 7001)" "ok ok" "--learn denies nothing"
in_cgroup in python3 -c 'import socket
socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("::1", 7005))
socket.socket().bind(("127.0.0.1", 7014))'
stop
is "$STATUS $(tr '\n' ';' <"$OUT")" "0 $(printf '%s;' 'allow connect tcp to 127.0.0.1 port 7001' \
	'allow send udp to ::1 port 7005' 'allow bind tcp from 127.0.0.1 port 7014' \
	'default deny connect,bind,send')" "and prints a rule for each call, once"
cp "$OUT" "$TMP/learned"
launch "$A" policy --cgroup "$TOP/in" --learn 1h
wait_for_line "$ERR" "$PID" '^skwatch: judging ' || bail "nothing is learned"
kill -STOP "$PID"
in_cgroup in "${CALLS[@]}" calls 5000
kill -CONT "$PID"
stop
like "$(cat "$OUT")" '^# [0-9]+ calls are missing, because the ring was full' "calls that were lost are told in the file"
like "$(cat "$ERR")" '^skwatch: [0-9]+ calls are missing in the rules' "and on standard error"
policy --rules "$TMP/learned"
is "$(connects in 7001) $(connects in 7002)" "ok EPERM" "the rules allow these calls"
stop

# Pinned.
mkdir "$TMP/bpf" && mount -t bpf none "$TMP/bpf" && MOUNTS+=("$TMP/bpf")
policy --bpffs "$TMP/bpf/skwatch" --pin web 'deny connect port 7002'
is "$(connects in 7002)" EPERM "pinned: denied while it runs"
stop
is "$(connects in 7002)" EPERM "and when it has ended"
run list --bpffs "$TMP/bpf/skwatch"
like "$(cat "$OUT")" "^web +policy .* attached +$TOP/in$" "list shows it"
like "$(cat "$OUT")" '^ +2 +deny connect port 7002$' "with its rules and their counters"
run policy --cgroup "$TOP/in" --bpffs "$TMP/bpf/skwatch" --pin web 'deny connect'
is "$STATUS" 2 "the name is taken"
run detach --bpffs "$TMP/bpf/skwatch" web
is "$STATUS $(connects in 7002)" "0 ok" "detach removes it"
policy --bpffs "$TMP/bpf/skwatch" --pin web 'deny connect port 7002'
"$SKWATCH" detach --bpffs "$TMP/bpf/skwatch" web 2>"$TMP/detached" || not_ok "detach" "$(cat "$TMP/detached")"
is "$(connects in 7002) $(programs)" "ok 0" "detach ends it also while the command runs"
stop
like "$(cat "$ERR")" 'web was detached before the end' "and the command says so at its end"

# Killed at any moment.
for victim in worker keeper; do
	policy 'deny connect port 7002'
	keeper=$(keeper_of "$PID")
	is "$(connects in 7002)" EPERM "$victim: denied"
	[ $victim = worker ] && kill -KILL "$PID" || kill -KILL "$keeper"
	check "$victim killed: both processes end" "$TRAFFIC" gone "$PID" "$keeper"
	wait "$PID" 2>/dev/null
	forget "$PID"
	is "$(becomes eval '[ "$(programs)" = 0 ]' && connects in 7002)" ok "and nothing is attached"
done
for i in {1..20}; do
	struck "$A" policy --cgroup "$TOP/in" 'deny connect port 7002'
done
is "$(becomes eval '[ "$(programs)" = 0 ]' && connects in 7002)" ok \
	"killed at 20 random moments: nothing is attached"
done_testing
