# SPDX-License-Identifier: BSD-2-Clause
# Both ends of a connection tell each other who they are, over IPv4 and IPv6, also for top.

two_hosts
ip -n a addr add 10.77.0.1/24 dev wire
ip -n a addr add fd77::1/64 dev wire nodad
ip -n b addr add 10.77.0.2/24 dev wire
ip -n b addr add fd77::2/64 dev wire nodad
marked=/sys/fs/cgroup/marked
mkdir $marked
mkdir -p /sys/fs/bpf
mount -t bpf none /sys/fs/bpf 2>/dev/null || :

# connect ARGUMENT...: a connection to a server, both in the cgroup, that ends at once.
connect() {
	sh -c "echo \$\$ >$marked/cgroup.procs && exec \"\$@\"" sh /bin/ip netns exec a \
		conns short 1 --peer b "$@" </dev/null >short 8<&-
}
learned() {
	[ "$(grep -c '"type":"learned".*"remote_host":42,"remote_cookie":[1-9][0-9]*,"remote_comm":"conn' \
		told)" -eq "$1" ]
}

: >said
skwatch mark --cgroup $marked --host-id 42 --name --json >told 2>said &
mark_pid=$!
until grep -q '^skwatch: marking' said || [ ! -d /proc/$mark_pid ]; do usleep 10000; done
check "skwatch mark starts" sh -c 'grep "^skwatch: marking" said || ! cat said'
check "a connection over IPv4 is marked" connect
check "and one over IPv6" connect -6
kill -TERM $mark_pid
check "mark ends well" wait $mark_pid
check "both ends of both have learned the other" learned 4
check "nothing is lost" grep -q '2 SYNs marked, 2 SYN-ACKs marked, 4 peers learned, 0 not' said

check "marks are pinned" skwatch mark --cgroup $marked --host-id 42 --name --pin m
skwatch events --json >events 2>events.said &
events_pid=$!
until grep -q '^skwatch: watching' events.said || [ ! -d /proc/$events_pid ]; do usleep 10000; done
connect
kill -TERM $events_pid
wait $events_pid
check "events name the other end" grep -q '"type":"close".*"remote_host":42,' events
check "list has the pin" sh -c 'skwatch list | grep -q "attached .*/marked"'
check "detach removes it" skwatch detach m
rmdir $marked
