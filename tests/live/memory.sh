#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Where memory is short: in a memory cgroup of 32 MB, capture and top work, with smaller rings.
. "${srcdir:?}/tests/live/lib.sh"
need root
pair

# The hierarchy that has the memory controller: cgroup v2, or v1.
limit=
root=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
if [ -n "$root" ] && grep -qw memory "$root/cgroup.controllers"; then
	echo +memory >"$root/cgroup.subtree_control" 2>/dev/null
	limit=memory.max events=memory.events
else
	root=$(findmnt -n -t cgroup -O memory -o TARGET | head -n 1)
	[ -z "$root" ] || limit=memory.limit_in_bytes events=memory.oom_control
fi
[ -n "$limit" ] || skip_all "no memory controller of cgroups is mounted"
group=$root/skwt$$
mkdir "$group" || skip_all "no cgroup can be made in $root"
trap 'cleanup; rmdir "$group" 2>/dev/null' EXIT
echo 33554432 >"$group/$limit"

# Becomes a command in that cgroup. `ip netns exec` hides the hierarchy, so the file is open before.
# There skwatch can't see its limit either, and finds it when a ring is refused.
exec 9>"$group/cgroup.procs"
cat >"$TMP/inside" <<-END
	#!/bin/sh
	echo \$\$ >&9 && exec "$SKWATCH" "\$@"
END
chmod 755 "$TMP/inside"
everywhere=$SKWATCH
SKWATCH=$TMP/inside

start "$A" capture -i eth0 -w "$TMP/small.pcap"
like "$(cat "$ERR")" 'memory is short: rings of [0-9]+ KiB instead of [0-9]+ KiB' "smaller rings are told"
traffic "$A" flood eth0 1000 100 --pps 5000
stop INT
is "$STATUS" 0 "capture works in 32 MB"
check "and has all packets" numbered 1000 "$TMP/small.pcap"

start "$A" capture -w "$TMP/any.pcapng" 'tcp or udp or vlan 7'
traffic "$A" flood eth0 100 100
stop INT
is "$STATUS" 0 "on all interfaces as well, with a filter"
check "and has all packets" numbered 100 "$TMP/any.pcapng"

inside "$A" "$SKWATCH" top -b -n 2 >"$TMP/top" 2>"$TMP/top.err"
is "$?" 0 "top works in 32 MB"
like "$(head -n 1 "$TMP/top")" connections "and prints its rows"

# Where it sees the limit, it does not even ask for more.
(echo $BASHPID >"$group/cgroup.procs"; exec "$everywhere" capture -i lo -w "$TMP/seen.pcap" --duration 0.5) 2>"$TMP/seen"
is "$?" 0 "it works where the limit can be seen"
like "$(cat "$TMP/seen")" 'memory is short: rings of ([0-9]|[0-9][0-9]{1,3}) KiB instead' "and takes a small part of it"

launch "$A" capture -i eth0 -w "$TMP/no.pcap" --ring-size 128M
finish
is "$STATUS" 1 "a size that somebody asked for is not made smaller"
like "$(cat "$ERR")" '^skwatch: rings: .*ask for less with --ring-size$' "but refused, with advice"
[ -e "$TMP/no.pcap" ] && not_ok "and no file is made" || ok "and no file is made"
is "$(sed -n 's/^oom_kill //p' "$group/$events")" 0 "nothing was killed for lack of memory"
SKWATCH=$everywhere
done_testing
