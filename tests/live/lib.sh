# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# Every live test begins like this:
#
#	. "${srcdir:?}/tests/live/lib.sh"
#	need root
#	pair                            # two hosts, $A and $B, a cable between their eth0
#	start "$A" capture -i eth0 -w "$TMP/x.pcap"
#	traffic "$A" flood eth0 1000 100
#	stop
#	is "$STATUS" 0 "ends with status 0"
#	done_testing
#
# Each test has its own directory $TMP and its own network namespaces. Both are removed when it ends,
# and its processes are killed. Tests run side by side, and on busy machines. So a test awaits events
# and never sleeps: see wait_for_line, becomes and `traffic gone`.
set -u
export LC_ALL=C

: "${srcdir:?where the sources are}" "${builddir:?where the programs are}"
SKWATCH=${SKWATCH:-$builddir/skwatch}
TRAFFIC=$builddir/tests/live/traffic
PATIENCE=60 # seconds after which an event that did not come is a failure

TAP_COUNT=0
TAP_FAILED=0
STARTED=()    # process ids
NAMESPACES=() # names
MOUNTS=()     # directories

# ---- TAP ----

ok() { TAP_COUNT=$((TAP_COUNT + 1)); echo "ok $TAP_COUNT - $*"; }

# not_ok NAME [DETAIL...]: the details and skwatch's standard error become comments.
not_ok() {
	TAP_COUNT=$((TAP_COUNT + 1))
	TAP_FAILED=$((TAP_FAILED + 1))
	echo "not ok $TAP_COUNT - $1"
	shift
	if [ $# -gt 0 ]; then printf '%s\n' "$@" | sed 's/^/#   /'; fi
	if [ -n "${ERR-}" ] && [ -s "$ERR" ]; then
		sed 's/^/#   stderr: /' "$ERR" | tail -n 20
	fi
}

is() { # ACTUAL EXPECTED NAME
	if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3" "got:      $1" "expected: $2"; fi
}

isnt() { # ACTUAL UNEXPECTED NAME
	if [ "$1" != "$2" ]; then ok "$3"; else not_ok "$3" "got: $1"; fi
}

like() { # TEXT EXTENDED-REGEX NAME
	if grep -Eq -- "$2" <<<"$1"; then ok "$3"; else not_ok "$3" "got:  $1" "like: $2"; fi
}

# check NAME COMMAND...: ok if the command succeeds; otherwise its output becomes comments.
check() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$* failed:" "$output"
		return 1
	fi
}

# A process whose status nobody reads, such as the keeper, leaves the report of its sanitizer.
done_testing() {
	if cat "$TMP"/err.* 2>/dev/null | grep 'Sanitizer\|runtime error:' | sed 's/^/#   /' | grep .; then
		not_ok "no sanitizer had a complaint"
	fi
	echo "1..$TAP_COUNT"
	exit $((TAP_FAILED > 0))
}

skip_all() { echo "1..0 # SKIP $*"; exit 0; }
skip() { TAP_COUNT=$((TAP_COUNT + 1)); echo "ok $TAP_COUNT - $1 # SKIP $2"; } # NAME REASON
bail() { echo "Bail out! $*"; exit 1; }

# need root | need PROGRAM...
need() {
	local what
	for what; do
		case $what in
		root)
			[ "$(id -u)" -eq 0 ] || skip_all "needs root"
			unshare --net true 2>/dev/null || skip_all "network namespaces are not permitted"
			;;
		*) command -v "$what" >/dev/null || skip_all "$what is not installed" ;;
		esac
	done
	[ -x "$SKWATCH" ] || bail "$SKWATCH is not there"
	[ -x "$TRAFFIC" ] || bail "$TRAFFIC is not there"
}

# ---- the end, whatever it is ----

# is_child PID: whether that is still a process of this test, as numbers are used again.
is_child() { grep -q "^PPid:[[:space:]]*$$\$" "/proc/$1/status" 2>/dev/null; }

cleanup() {
	local pid ns dir
	for pid in "${STARTED[@]}"; do
		is_child "$pid" && kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	for ns in "${NAMESPACES[@]}"; do
		ip netns pids "$ns" 2>/dev/null | while read -r pid; do kill -KILL "$pid"; done
		ip netns del "$ns" 2>/dev/null
	done
	for dir in "${MOUNTS[@]}"; do umount "$dir"; done
	rm -rf "$TMP"
}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/skw-live-XXXXXX") || bail "no temporary directory"
chmod 755 "$TMP"
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# ---- hosts and cables ----

# namespace NAME: a silent host. IPv6 is off, as it sends packets by itself.
namespace() {
	ip netns add "$1" || bail "no network namespace"
	NAMESPACES+=("$1")
	ip netns exec "$1" sh -c 'for i in all default; do
		echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; done'
	ip -n "$1" link set lo up
}

# cable NS1 IF1 NS2 IF2 [MTU]: a veth pair whose ends are up.
cable() {
	local mtu=${5:-1500}
	ip -n "$1" link add "$2" mtu "$mtu" type veth peer name "$4" netns "$3" mtu "$mtu" ||
		bail "no veth pair"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# pair [MTU]: the namespaces $A and $B, each with eth0, 10.77.0.1 and 10.77.0.2. They know each
# other's hardware addresses, so that they send no packet by themselves.
pair() {
	A=skwt$$a
	B=skwt$$b
	namespace "$A"
	namespace "$B"
	cable "$A" eth0 "$B" eth0 "${1:-1500}"
	ip -n "$A" link set eth0 address 02:00:00:00:00:01
	ip -n "$B" link set eth0 address 02:00:00:00:00:02
	ip -n "$A" addr add 10.77.0.1/24 dev eth0
	ip -n "$B" addr add 10.77.0.2/24 dev eth0
	ip -n "$A" neigh replace 10.77.0.2 lladdr 02:00:00:00:00:02 dev eth0
	ip -n "$B" neigh replace 10.77.0.1 lladdr 02:00:00:00:00:01 dev eth0
}

# six: the pair gets IPv6 as well, fd77::1 and fd77::2. From then on it is not silent.
six() {
	local ns
	for ns in "$A" "$B"; do
		ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
			echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
	done
	ip -n "$A" addr add fd77::1/64 dev eth0 nodad
	ip -n "$B" addr add fd77::2/64 dev eth0 nodad
	ip -n "$A" neigh replace fd77::2 lladdr 02:00:00:00:00:02 dev eth0
	ip -n "$B" neigh replace fd77::1 lladdr 02:00:00:00:00:01 dev eth0
}

# inside NS COMMAND...: runs the command in the namespace.
inside() {
	local ns=$1
	shift
	ip netns exec "$ns" "$@"
}

# traffic NS ARGUMENTS...: ends the test if it fails, as the test would then prove nothing.
traffic() {
	local ns=$1 said
	shift
	said=$(ip netns exec "$ns" "$TRAFFIC" "$@" 2>&1) || bail "traffic $*: $said"
}

# ---- processes ----

# Shells start background jobs with SIGINT ignored, and tests interrupt these programs.
as_typed=(env --default-signal=INT,QUIT,HUP,PIPE)

# wait_for_lines FILE PID COUNT REGEX: waits until the file that PID writes has COUNT lines that
# match REGEX; fails when the process ends before. grep reads it, as a shell that reads line by line
# may never catch up with a program that writes fast.
wait_for_lines() {
	local found tail_pid fd
	: >>"$1" # its writer may not have made it yet
	exec {fd}< <(exec tail -n +1 -s 0.1 -f --pid="$2" "$1" 2>/dev/null)
	tail_pid=$!
	found=$(timeout $PATIENCE grep -cE -m "$3" -- "$4" <&"$fd")
	exec {fd}<&-
	kill "$tail_pid" 2>/dev/null
	wait "$tail_pid" 2>/dev/null
	[ "${found:-0}" -eq "$3" ]
}

# wait_for_line FILE PID REGEX: likewise, for one line.
wait_for_line() { wait_for_lines "$1" "$2" 1 "$3"; }

# becomes COMMAND...: waits until the command succeeds, where no event tells that; fails after
# $PATIENCE seconds.
becomes() {
	local deadline=$((SECONDS + PATIENCE))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		read -r -t 0.01 <> <(:)
	done
	return 0
}

# launch NS ARGUMENTS...: skwatch in the background; its process is $PID, its output is in $OUT
# and $ERR.
launch() {
	local ns=$1
	shift
	LAUNCHED=$((${LAUNCHED:-0} + 1))
	OUT=$TMP/out.$LAUNCHED
	ERR=$TMP/err.$LAUNCHED
	: >"$OUT" >"$ERR"
	ip netns exec "$ns" "${as_typed[@]}" "$SKWATCH" "$@" >"$OUT" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
}

# start NS ARGUMENTS...: likewise, and skwatch captures when this returns.
start() {
	launch "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: listening on ' && return
	not_ok "skwatch $* starts" "it never said that it listens"
	exit 1
}

# finish: waits until the program has ended by itself; sets $STATUS.
finish() {
	timeout $((2 * PATIENCE)) "$TRAFFIC" gone "$PID" || kill -KILL "$PID"
	wait "$PID"
	STATUS=$?
	forget "$PID"
}

# stop [SIGNAL]: ends the program; sets $STATUS.
stop() {
	kill -"${1:-INT}" "$PID"
	finish
}

forget() {
	local pid left=()
	for pid in "${STARTED[@]}"; do [ "$pid" = "$1" ] || left+=("$pid"); done
	STARTED=("${left[@]}")
}

# run ARGUMENTS...: skwatch in the foreground and in this namespace; sets $OUT, $ERR and $STATUS.
run() {
	LAUNCHED=$((${LAUNCHED:-0} + 1))
	OUT=$TMP/out.$LAUNCHED
	ERR=$TMP/err.$LAUNCHED
	"$SKWATCH" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

# keeper_of PID: the process id of the keeper of that worker, once it has given itself its name.
keeper_of() {
	local pid deadline=$((SECONDS + PATIENCE))
	while [ $SECONDS -lt $deadline ]; do
		for pid in $(cat "/proc/$1/task/$1/children"); do
			[ "$(cat "/proc/$pid/comm")" = "skwatch: keeper" ] && echo "$pid" && return
		done
		read -r -t 0.01 <> <(:)
	done
}

# ---- what was captured ----

# figure captured|seen|dropped [FILE]: this number of the closing lines.
figure() {
	local text
	case $1 in
	captured) text='packets? captured' ;;
	seen) text='packets? seen by the filter' ;;
	dropped) text='packets? dropped because a ring was full' ;;
	esac
	sed -nE "s/^(skwatch: )?([0-9]+) $text.*/\2/p" "${2:-$ERR}" | tail -n 1
}

# found NAME: the number of that name in a line of name=number pairs on standard input.
found() { tr ' ' '\n' | sed -n "s/^$1=//p"; }

# numbered COUNT FILE...: whether these files hold exactly the frames of one flood.
numbered() { "$TRAFFIC" check --expect "$@"; }

# packets FILE...: prints how many packets these files hold together; fails if a file is damaged.
packets() {
	local line
	line=$("$TRAFFIC" check "$@")
	[ -n "$line" ] || return 1
	echo $(($(found numbered <<<"$line") + $(found other <<<"$line") +
		$(found damaged <<<"$line")))
}

# lines_like FILE REGEX: prints how many lines of the file are like that.
lines_like() { grep -Ec -- "$2" "$1"; }
