# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# For tests of top and events, after lib.sh:
#
#	need_conns
#	pair; six; losses
#	conns "$A" hold v4 v6 --peer "$B"   # connections in the background, there when this returns
#	watch "$A" events --netns self --json
#	tell talk 10                        # ... do something, done when this returns
#	await 10 '"type":"rtt"'             # ... which skwatch has told
#	stop
#
# Tests run side by side: what a test says of its own connections it asks for with --netns self,
# or, where it has two namespaces, with --cgroup and a cgroup of its own.
CONNS=$builddir/tests/live/conns
SOCKOPS=$builddir/tests/live/sockops
ROWS=(python3 "$srcdir/tests/live/rows.py")

need_conns() {
	need root ss nft python3
	[ -x "$CONNS" ] || bail "$CONNS is not there"
}

# cgroup: $CGROUP, a folder of cgroup v2 of our own; goes with the test.
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
# join_cgroup DIRECTORY: where what conns starts belongs from now on; IN_CGROUP before a command
# puts that there.
IN_CGROUP=()
join_cgroup() {
	IN_CGROUP=(sh -c "echo \$\$ >\"\$0/cgroup.procs\" && exec \"\$@\"" "$1")
}
# The processes in them take a moment to go.
cgroups_gone() {
	local dir tries
	for dir in "${CGROUPS[@]}"; do
		for tries in {1..500}; do
			find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
			[ ! -d "$dir" ] && break
			read -r -t 0.01 <> <(:)
		done
	done
}
trap 'cleanup; cgroups_gone' EXIT

# losses: packets with the traffic class of CONNS_DROPPED_TOS do not arrive, nor answers of
# servers on port 7013 (kind syn-recv); what goes to 10.77.0.9 goes nowhere.
losses() {
	local ns
	for ns in "$A" "$B"; do
		inside "$ns" nft -f - <<-'END' || bail "no nftables rules"
			table inet losses {
				chain in {
					type filter hook input priority 0;
					ip dscp cs1 counter drop
					ip6 dscp cs1 counter drop
					tcp sport 7013 counter drop
				}
			}
		END
		# One second to the second SYN, then two, as everywhere before 6.5.
		inside "$ns" sh -c 'f=/proc/sys/net/ipv4/tcp_syn_linear_timeouts
			[ ! -e $f ] || echo 0 >$f'
	done
	ip -n "$A" neigh replace 10.77.0.9 lladdr 02:00:00:00:00:09 dev eth0
}

# far MILLISECONDS: a path of that delay each way between $A and $B, 10.78.0.1 and 10.78.0.2.
far() {
	ip netns exec "$A" "$CONNS" delay "$1" --peer "$B" >"$TMP/far" 2>&1 &
	FAR_PID=$!
	STARTED+=("$FAR_PID")
	wait_for_line "$TMP/far" "$FAR_PID" '^ready$' || bail "conns delay: $(cat "$TMP/far")"
	ip -n "$A" addr add 10.78.0.1 peer 10.78.0.2 dev far0
	ip -n "$B" addr add 10.78.0.2 peer 10.78.0.1 dev far0
	ip -n "$A" link set far0 up
	ip -n "$B" link set far0 up
}

# conns NS ARGUMENTS...: $CONNS_OUT is what it said, $CONNS_PID its process.
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

# tell VERB [N]
tell() {
	CONNS_TOLD=$((CONNS_TOLD + 1))
	echo "$*" >&"$CONNS_IN"
	wait_for_line "$CONNS_OUT" "$CONNS_PID" "^done $CONNS_TOLD\$" ||
		bail "$*: $(cat "$CONNS_OUT" "$CONNS_OUT.err")"
}

# all_gone: ends the connections' processes.
all_gone() {
	kill -KILL "$CONNS_PID"
	wait "$CONNS_PID" 2>/dev/null
	forget "$CONNS_PID"
}

# port_of KIND [client|server]: of the first connection of that kind
port_of() {
	local field=3
	[ "${2-server}" = server ] || field=2
	awk -v k="$1" -v f=$field '$1 == k { print $f; exit }' "$CONNS_OUT"
}

# launch NS ARGUMENTS...: as that of lib.sh, but with the file systems of the host: `ip netns exec`
# hides its cgroups.
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

# watch NS ARGUMENTS...: skwatch in the background, attached when this returns.
watch() {
	launch "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: watching ' && return
	not_ok "skwatch $* starts" "it never said that it watches"
	exit 1
}

# await COUNT REGEX: until the program in the background has written so many lines like that.
await() {
	local line tail_pid found=0 fd
	exec {fd}< <(exec tail -n +1 -s 0.1 -f --pid="$PID" "$OUT" 2>/dev/null)
	tail_pid=$!
	while [ "$found" -lt "$1" ] && IFS= read -r -t $PATIENCE -u "$fd" line; do
		[[ $line =~ $2 ]] && found=$((found + 1))
	done
	exec {fd}<&-
	kill "$tail_pid" 2>/dev/null
	wait "$tail_pid" 2>/dev/null
	[ "$found" -ge "$1" ]
}

# once NS ARGUMENTS...: skwatch top, to its end; $OUT, $ERR, $STATUS.
once() {
	local ns=$1
	shift
	launch "$ns" top -b "$@"
	finish
}

# inode_of NS: its number, as rows tell it
inode_of() { stat -L -c %i "/run/netns/$1"; }

# lost, seen: what events says of itself at its end
seen() { sed -nE 's/^skwatch: .*[^0-9]([0-9]+) seen, .*/\1/p' "$ERR"; }
lost() { sed -nE 's/^skwatch: .*[^0-9]([0-9]+) lost because a ring was full.*/\1/p' "$ERR"; }

# quiet NS FILE ARGUMENTS...: what ss says, once nothing has been sent for half a second: then
# no delayed acknowledgement and no probe is under way.
quiet() {
	local ns=$1 file=$2 tries
	shift 2
	for tries in {1..1000}; do
		ss_of "$ns" "$file" "$@"
		grep -Eq 'last(snd|rcv|ack):[1-4]?[0-9]{1,2}\b' "$file" || return
		read -r -t 0.01 <> <(:)
	done
	bail "connections that never become quiet"
}
ss_of() { # NS FILE ARGUMENTS...
	inside "$1" ss "${@:3}" >"$2" 2>/dev/null
}

# counter NS NAME: of the namespace's TCP, as nstat names it
counter() {
	inside "$1" cat /proc/net/snmp /proc/net/netstat |
		awk -v want="$2" '
		{ kind = substr($1, 1, length($1) - 1) }
		kind != last { split($0, names); last = kind; next }
		{ for (i = 2; i <= NF; i++) if (kind names[i] == want) print $i; last = "" }'
}
