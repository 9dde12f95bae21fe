# SPDX-License-Identifier: BSD-2-Clause
# Bytes between two sockets of a cgroup go past TCP, and all of them arrive.

two_hosts
cgroups=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") print $5 }' \
	/proc/self/mountinfo | head -n 1)
own=$(mktemp -d "$cgroups/bypass.XXXXXX")
in_own() { # COMMAND...: in the cgroup, and in the namespace a
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$own" /bin/ip netns exec a "$@"
}
in_own nc -ll -p 8100 -e cat &
echo_pid=$!
until on a cat /proc/net/tcp /proc/net/tcp6 >listening && grep -q ':1FA4 ' listening; do
	kill -0 $echo_pid
	usleep 10000
done
# No random bytes: an emulated kernel may crash when these become ready while they are read.
seq 1 50000 | head -c 200000 >data

bypass_start() {
	: >said
	skwatch bypass --cgroup "$own" "$@" >lines 2>said &
	bypass_pid=$!
	until grep -q '^skwatch: bypassing TCP in ' said; do
		kill -0 $bypass_pid || { cat said && return 1; }
		usleep 10000
	done
}
bytes_in() { # WORDS: the sum of the bytes in the figures with these words
	sed -n "s/^skwatch: [0-9]* messages\{0,1\} (\([0-9]*\) bytes) $1.*/\1/p" said |
		awk '{ sum += $1 } END { print sum + 0 }'
}
bypass_stop() {
	status=0
	kill -TERM $bypass_pid
	wait $bypass_pid || status=$?
	cat said lines
	is "bypass: its status" "$status" 0
	moved=$(bytes_in 'moved past TCP')
}

bypass_start
for address in 127.0.0.1 ::1; do
	in_own nc $address 8100 <data >back || :
	check "bypass: what goes to $address and back is the same" cmp data back
done
bypass_stop
# A client can be so early that the server's end is not there yet.
is "bypass: each byte was moved or has passed" $((moved + $(bytes_in 'passed to TCP'))) 800000
check "bypass: the answers at least were moved" test "$moved" -ge 400000
is "bypass: each direction has its events" "$(grep -c ' bypass ' lines)" "$(grep -c ' close ' lines)"

bypass_start --max-queue 30k
in_own nc 127.0.0.1 8100 <data >back || :
check "bypass: no byte is lost where a direction goes back to TCP" cmp data back
bypass_stop
check "bypass: the rest has passed" test "$moved" -lt 400000

bypass_start -w moved.pcapng
for address in 127.0.0.1 ::1; do
	in_own nc $address 8100 <data >back || :
	check "bypass: what is recorded to $address and back is the same" cmp data back
done
bypass_stop
recorded=$(sed -n 's/^skwatch: \([0-9]*\) bytes recorded in .*/\1/p' said)
unrecorded=$(sed -n 's/^skwatch: \([0-9]*\) bytes not recorded.*/\1/p' said | awk '{ sum += $1 } END { print sum + 0 }')
is "bypass: all that was moved is recorded, or is told" $((recorded + unrecorded)) "$moved"
check "bypass: the answers are recorded" test "$recorded" -ge 400000
is "bypass: the packets of the file have as much" "$(tcpdump -nr moved.pcapng 2>/dev/null |
	awk '$(NF - 1) == "length" { sum += $NF } END { print sum + 0 }')" "$recorded"

cgroup_remove "$own"
[ "${SKW_ALONE:-}" != yes ] || check "bypass: nothing stays loaded" left
