# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests of top and events source this after lib.sh:
#
#	need_conns
#	pair; six; losses
#	conns "$A" hold v4 v6 --peer "$B"   # makes connections and holds them in the background
#	watch "$A" events --netns self --json
#	tell talk 10                        # lets them do something, and waits until it is done
#	await 10 '"type":"rtt"'             # waits until skwatch has told it
#	stop
#
# Tests run side by side. To see its own connections only, a test passes --netns self or, where it
# has two namespaces, --cgroup and a cgroup of its own.
CONNS=$builddir/tests/live/conns
SOCKOPS=$builddir/tests/live/sockops
ROWS=(python3 "$srcdir/tests/live/rows.py")

need_conns() {
	need root ss nft python3
	[ -x "$CONNS" ] || bail "$CONNS is not there"
	exec {CROWD}<"$srcdir/tests/live/lib_conns.sh"
	flock --shared "$CROWD"
}

# crowds: waits until no other test watches connections, and no other begins before this one ends.
# Programs at the root of the cgroups see every connection of the host. So ten thousands at once
# fill the rings of each session, while there may be no time to read them.
crowds() { flock --exclusive "$CROWD"; }

# cgroup: makes $CGROUP, a cgroup (v2) of the test's own, which is removed at its end.
CGROUPS=()
cgroup() {
	local mount
	mount=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' \
		/proc/self/mountinfo)
	[ -n "$mount" ] || skip_all "no cgroup v2 hierarchy is mounted"
	CGROUP=$mount/skwt$$
	mkdir "$CGROUP" || bail "no cgroup"
	CGROUPS+=("$CGROUP")
	join_cgroup "$CGROUP"
}
# join_cgroup DIRECTORY: from now on the processes of `conns` belong to that cgroup, and so does a
# command behind "${IN_CGROUP[@]}".
IN_CGROUP=()
join_cgroup() {
	IN_CGROUP=(sh -c "echo \$\$ >\"\$0/cgroup.procs\" && exec \"\$@\"" "$1")
}
# A cgroup can be removed once its processes have ended, some time after they were killed.
cgroups_gone() {
	local dir
	for dir in "${CGROUPS[@]}"; do becomes cgroup_gone "$dir"; done
}
cgroup_gone() {
	find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -d "$1" ]
}
trap 'cleanup; cgroups_gone' EXIT

# losses: packets with the traffic class of CONNS_DROPPED_TOS do not arrive, those with that of
# CONNS_REJECTED_TOS are answered by an ICMP message, and answers do not arrive
# of servers on port 7013 (kind syn-recv). Packets to 10.77.0.9 reach no host.
losses() {
	local ns
	for ns in "$A" "$B"; do
		inside "$ns" nft -f - <<-'END' || bail "no nftables rules"
			table inet losses {
				chain in {
					type filter hook input priority 0;
					ip dscp cs1 counter drop
					ip6 dscp cs1 counter drop
					ip dscp cs2 counter reject with icmp type host-prohibited
					ip6 dscp cs2 counter reject with icmpv6 type addr-unreachable
					tcp sport 7013 counter drop
				}
			}
		END
		# The second SYN comes after one second, the third after two more, as before Linux 6.5.
		inside "$ns" sh -c 'f=/proc/sys/net/ipv4/tcp_syn_linear_timeouts
			[ ! -e $f ] || echo 0 >$f'
	done
	ip -n "$A" neigh replace 10.77.0.9 lladdr 02:00:00:00:00:09 dev eth0
}

# far MILLISECONDS: a path between $A and $B, 10.78.0.1 and 10.78.0.2, with that delay each way.
# far_is MILLISECONDS: changes it.
far_is() { echo "$1" >&"$FAR_IN"; }
far() {
	mkfifo "$TMP/far.delay"
	exec {FAR_IN}<>"$TMP/far.delay"
	ip netns exec "$A" "$CONNS" delay "$1" --peer "$B" <"$TMP/far.delay" >"$TMP/far" 2>&1 {FAR_IN}>&- &
	FAR_PID=$!
	STARTED+=("$FAR_PID")
	wait_for_line "$TMP/far" "$FAR_PID" '^ready$' || bail "conns delay: $(cat "$TMP/far")"
	ip -n "$A" addr add 10.78.0.1 peer 10.78.0.2 dev far0
	ip -n "$B" addr add 10.78.0.2 peer 10.78.0.1 dev far0
	ip -n "$A" link set far0 up
	ip -n "$B" link set far0 up
}

# conns NS ARGUMENTS...: starts the program; $CONNS_OUT is its output, $CONNS_PID its process.
conns() {
	local ns=$1
	shift
	CONNS_RUNS=$((${CONNS_RUNS:-0} + 1))
	CONNS_OUT=$TMP/conns.$CONNS_RUNS
	CONNS_TOLD=0
	mkfifo "$TMP/tell.$CONNS_RUNS"
	: >"$CONNS_OUT"
	exec {CONNS_IN}<>"$TMP/tell.$CONNS_RUNS"
	"${IN_CGROUP[@]}" ip netns exec "$ns" "$CONNS" "$@" <"$TMP/tell.$CONNS_RUNS" >"$CONNS_OUT" \
		2>"$CONNS_OUT.err" {CONNS_IN}>&- &
	CONNS_PID=$!
	STARTED+=("$CONNS_PID")
	wait_for_line "$CONNS_OUT" "$CONNS_PID" '^ready$' ||
		bail "conns $*: $(cat "$CONNS_OUT" "$CONNS_OUT.err")"
}

# tell VERB [N]: has its connections do something, and waits until it is done.
tell() {
	CONNS_TOLD=$((CONNS_TOLD + 1))
	echo "$*" >&"$CONNS_IN"
	wait_for_line "$CONNS_OUT" "$CONNS_PID" "^done $CONNS_TOLD\$" ||
		bail "$*: $(cat "$CONNS_OUT" "$CONNS_OUT.err")"
}

# all_gone: ends the process of the last `conns`, and with it its connections.
all_gone() {
	kill -KILL "$CONNS_PID"
	wait "$CONNS_PID" 2>/dev/null
	forget "$CONNS_PID"
}

# port_of KIND [client|server]: the port of the first connection of that kind.
port_of() {
	local field=3
	[ "${2-server}" = server ] || field=2
	awk -v k="$1" -v f=$field '$1 == k { print $f; exit }' "$CONNS_OUT"
}

# launch NS ARGUMENTS...: as in lib.sh, but with the file systems of the host, as `ip netns exec`
# hides the cgroups.
launch() {
	local ns=$1
	shift
	LAUNCHED=$((${LAUNCHED:-0} + 1))
	OUT=$TMP/out.$LAUNCHED
	ERR=$TMP/err.$LAUNCHED
	: >"$OUT" >"$ERR"
	nsenter --net="/run/netns/$ns" "${as_typed[@]}" "$SKWATCH" "$@" >"$OUT" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
}

# watch NS ARGUMENTS...: skwatch in the background, which watches when this returns.
watch() {
	launch "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: watching ' && return
	not_ok "skwatch $* starts" "it never said that it watches"
	exit 1
}

# await COUNT REGEX: waits until the program in the background has written COUNT lines like REGEX.
await() { wait_for_lines "$OUT" "$PID" "$1" "$2"; }

# once NS ARGUMENTS...: skwatch top -b, which has ended when this returns; sets $OUT, $ERR, $STATUS.
once() {
	local ns=$1
	shift
	launch "$ns" top -b "$@"
	finish
}

# inode_of NS: the number by which rows name the namespace.
inode_of() { stat -L -c %i "/run/netns/$1"; }

# lost, seen: these numbers of the closing line of events.
seen() { sed -nE 's/^skwatch: .*[^0-9]([0-9]+) seen, .*/\1/p' "$ERR"; }
lost() { sed -nE 's/^skwatch: .*[^0-9]([0-9]+) lost because a ring was full.*/\1/p' "$ERR"; }

# quiet NS FILE ARGUMENTS...: the output of ss, once no connection has sent anything for half a
# second. Then no delayed acknowledgement and no probe is under way.
quiet() { becomes is_quiet "$@" || bail "connections that never become quiet"; }
is_quiet() {
	ss_of "$@"
	! grep -Eq 'last(snd|rcv|ack):[1-4]?[0-9]{1,2}\b' "$2"
}
ss_of() { # NS FILE ARGUMENTS...
	inside "$1" ss "${@:3}" >"$2" 2>/dev/null
}

# silent NS: waits until no connection of that namespace has anything to send, not even a FIN.
silent() { becomes is_silent "$1" || bail "connections that do not end: $(cat "$TMP/silent")"; }
is_silent() {
	ss_of "$1" "$TMP/silent" -tanH
	! grep -Evq '^(LISTEN|TIME-WAIT|FIN-WAIT-2)' "$TMP/silent"
}

# counter NS NAME: a counter of the namespace's TCP, by the name that nstat gives it.
counter() {
	inside "$1" cat /proc/net/snmp /proc/net/netstat |
		awk -v want="$2" '
		{ kind = substr($1, 1, length($1) - 1) }
		kind != last { split($0, names); last = kind; next }
		{ for (i = 2; i <= NF; i++) if (kind names[i] == want) print $i; last = "" }'
}
