# SPDX-License-Identifier: BSD-2-Clause
# A relay passes all bytes in both directions, with each engine, without privileges; nothing is left.

two_hosts

# ready NAME ARGUMENT...: runs `skwatch relay` in b until it is ready; its process is in $relay_pid.
ready() {
	ready_name=$1
	shift
	: >"said-$ready_name"
	/bin/ip netns exec b skwatch relay "$@" >"lines-$ready_name" 2>"said-$ready_name" &
	relay_pid=$!
	until grep -q '^skwatch: \(relaying\|sending back\) ' "said-$ready_name"; do
		[ -d /proc/$relay_pid ] || {
			not_ok "skwatch relay $*" "$(cat "said-$ready_name")"
			exit 1
		}
		usleep 10000
	done
}

# through ADDRESS PORT: sends the data there, and compares what comes back until the end.
through() {
	on a busybox nc "$1" "$2" <data >back && cmp data back
}

# No random bytes, as in 74-bypass.sh.
seq 1 60000 | head -c 262144 >data
ready echo --echo :9001
echo_pid=$relay_pid
for engine in splice copy sockmap; do
	ready $engine --engine $engine :8001 10.9.0.2:9001
	check "$engine: 256 KiB come back as they were" through 10.9.0.2 8001
	check "$engine: ... over IPv6, too" through fd09::2 8001
	kill -TERM $relay_pid
	check "$engine: it ends well" wait $relay_pid
	check "$engine: the figures tell each byte" grep -q \
		'2 connections, 0 now, 0 failed to connect, 524288 bytes to it, 524288 from it, 0 undelivered' \
		said-$engine
	is "$engine: both connections have ended well" "$(grep -c 'reason closed' lines-$engine)" 2
done

ready kept --check 50ms --fall 1 :8001 10.9.0.2:9002 10.9.0.2:9001
until grep -q ' down .*:9002' lines-kept; do
	usleep 10000
done
check "a backend that is down is left out" through 10.9.0.2 8001
is "... without an attempt" "$(grep -c relay-fail lines-kept)" 0
is "it has no capability" "$(sed -n 's/^CapEff:[[:space:]]*0*$/none/p' /proc/$relay_pid/status)" none
is "its system calls are filtered" "$(sed -n 's/^Seccomp:[[:space:]]*//p' /proc/$relay_pid/status)" 2
kill -KILL $relay_pid
wait $relay_pid || true
ready again :8001 10.9.0.2:9001
check "SIGKILL leaves the port free" through 10.9.0.2 8001
kill -TERM $relay_pid $echo_pid
wait $relay_pid $echo_pid || true
