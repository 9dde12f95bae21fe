# SPDX-License-Identifier: BSD-2-Clause
#
# Functions for the checks in checks.d. It is sourced before each check, with -eu, so that a command
# that fails outside of `check` ends the check as failed.

ok() {
	echo "ok - $1"
}

# not_ok NAME [WHY]: WHY may have several lines.
not_ok() {
	echo "not ok - $1"
	[ -z "${2:-}" ] || echo "$2" | sed 's/^/# /'
}

# check NAME COMMAND...: prints ok if the command succeeds, otherwise its output. The command does
# not run in a subshell.
check() {
	check_name=$1
	shift
	if "$@" >check.out 2>&1; then
		ok "$check_name"
	else
		not_ok "$check_name" "'$*' failed: $(cat check.out)"
	fi
}

# is NAME GOT WANTED: prints ok if both are the same text.
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$(printf 'got    %s\nwanted %s' "$2" "$3")"
	fi
}

# comes COMMAND...: waits until the command succeeds. It fails if that takes two minutes.
comes() {
	comes_end=$(($(date +%s) + 120))
	until "$@"; do
		[ "$(date +%s)" -lt $comes_end ] || return 1
		usleep 10000
	done
}

# cgroup_remove DIR: ends the processes in a cgroup and removes it. A server may have children that
# the check does not know.
cgroup_remove() {
	comes cgroup_removed "$1"
}
cgroup_removed() {
	rmdir "$1" 2>/dev/null && return
	while read -r pid; do
		kill "$pid" || :
	done <"$1/cgroup.procs"
	return 1
}

# This shell prefers busybox's own commands, and busybox's ip has no namespaces.
ip() {
	/bin/ip "$@"
}

# Makes two hosts with a wire between them: the namespaces a and b, each with an interface "wire".
# The addresses are 10.9.0.1 and fd09::1 in a, and 10.9.0.2 and fd09::2 in b. They are usable at
# once, and the hosts send no router solicitations.
two_hosts() {
	for ns in a b; do
		ip netns add $ns
		ip netns exec $ns sh -c 'cd /proc/sys/net/ipv6/conf/default
			echo 0 >accept_dad
			echo 0 >router_solicitations'
	done
	ip link add wire netns a type veth peer name wire netns b
	n=1
	for ns in a b; do
		ip -n $ns link set lo up
		ip -n $ns addr add 10.9.0.$n/24 dev wire
		ip -n $ns addr add fd09::$n/64 dev wire nodad
		n=$((n + 1))
	done
	ip -n a link set wire up
	ip -n b link set wire up
}

# on NS COMMAND...: runs a command in a namespace.
on() {
	on_ns=$1
	shift
	ip netns exec "$on_ns" "$@"
}

# send_from NS ARGUMENT...: sends packets from a namespace with traffic (tests/live/traffic.c).
send_from() {
	send_ns=$1
	shift
	on "$send_ns" traffic "$@" >sent
}

# capture_start NS ARGUMENT...: runs `skwatch capture` in a namespace and returns when it listens.
# Its lines go to the file "lines", its messages to "said".
capture_start() {
	capture_ns=$1
	shift
	rm -f talk said lines
	: >said
	mkfifo talk
	/bin/ip netns exec "$capture_ns" skwatch capture "$@" 2>talk >lines &
	capture_pid=$!
	exec 8<talk
	while read -r line <&8; do
		echo "$line" >>said
		case $line in
		*'listening on'*) return 0 ;;
		esac
	done
	wait $capture_pid || not_ok "skwatch capture $*" "ended with status $?: $(cat said)"
	return 1
}

# capture_wait: waits until the capture ends and returns its status. Reads the closing figures into
# $captured, $seen, $rejected and $dropped, which are empty if there are no figures, and $left, which
# is empty if no packet was left over.
capture_wait() {
	cat <&8 >>said
	exec 8<&-
	capture_status=0
	wait $capture_pid || capture_status=$?
	echo "status $capture_status; it said:"
	cat said
	captured=$(sed -n 's/^\([0-9]*\) packets\{0,1\} captured.*/\1/p' said)
	seen=$(sed -n 's/^\([0-9]*\) packets\{0,1\} seen by the filter.*/\1/p' said)
	rejected=$(sed -n 's/^.* seen by the filter (\([0-9]*\) rejected.*/\1/p' said)
	left=$(sed -n 's/^.* rejected, \([0-9]*\) left over)$/\1/p' said)
	dropped=$(sed -n 's/^\([0-9]*\) packets\{0,1\} dropped.*/\1/p' said)
	return $capture_status
}

# This sends SIGTERM, because a process that a shell starts in the background ignores SIGINT.
capture_stop() {
	kill -TERM $capture_pid
	capture_wait
}

# skwatch_lines ARGUMENT...: runs `skwatch capture` with its output in "lines".
skwatch_lines() {
	skwatch capture "$@" >lines
}

# sums_up NAME: every packet that was seen is counted as captured, rejected, left over or dropped.
sums_up() {
	note="$captured captured + $rejected rejected + ${left:-0} left + $dropped dropped, $seen seen"
	if [ -n "$captured" ] && [ -n "$rejected" ] && [ -n "$dropped" ] && [ -n "$seen" ] &&
		[ $((captured + rejected + ${left:-0} + dropped)) -eq "$seen" ]; then
		ok "$1"
	else
		not_ok "$1" "$note; it said: $(cat said)"
	fi
}

# packets_in FILE [FILTER]: prints the number of matching packets according to tcpdump.
packets_in() {
	file=$1
	shift
	tcpdump -nr "$file" "$@" 2>/dev/null | wc -l
}
