# SPDX-License-Identifier: BSD-2-Clause
# Captures by owner: two servers, of which one is chosen, a client and its children, a command.

two_hosts

# ---- a server ----
/bin/ip netns exec b nc -ll -p 8000 -e cat &
mine=$!
/bin/ip netns exec b nc -ll -p 8001 -e cat &
theirs=$!
# 1F40 and 1F41 are the ports.
until on b cat /proc/net/tcp /proc/net/tcp6 >listening && grep -q ':1F40 ' listening &&
	grep -q ':1F41 ' listening; do
	kill -0 $mine && kill -0 $theirs
	usleep 10000
done

talk() { # ADDRESS: a connection to each server
	for port in 8000 8001; do
		echo hello | on a nc "$1" $port
	done
}

capture_start b -i wire --pid $mine -w own.pcap
talk 10.9.0.2 >said.v4
talk fd09::2 >said.v6
check "a capture by process ends" capture_stop
is "every connection was answered" "$(cat said.v4 said.v6 | grep -c hello)" 4
is "the chosen server's connections begin with their SYN" \
	"$(packets_in own.pcap 'tcp dst port 8000 and (tcp[13] = 2 or ip6[53] = 2)')" 2
is "... and end with both FINs" \
	"$(packets_in own.pcap 'tcp port 8000 and (tcp[13] & 1 != 0 or ip6[53] & 1 != 0)')" 4
is "nothing else was captured" "$(packets_in own.pcap 'not port 8000')" 0
sums_up "the figures add up"
check "packets of the other server were rejected" test "$rejected" -gt 10

# ---- a client, which starts others ----
cat >client <<'EOF'
read -r line
echo hello | nc 10.9.0.2 8001
echo hello | nc fd09::2 8001
EOF
mkfifo go
/bin/ip netns exec a sh client <go >said.client &
client=$!
exec 6>go
capture_start a -i any --pid $client --children -w own.pcap
talk 10.9.0.2 >said.v4
echo >&6
exec 6>&-
wait $client
check "a capture by process with its children ends" capture_stop
is "the client was answered" "$(grep -c hello said.client)" 2
is "its children's connections begin with their SYN" "$(packets_in own.pcap \
	'tcp dst port 8001 and (tcp[13] = 2 or ip6[53] = 2)')" 2
is "and nothing else was captured" "$(packets_in own.pcap 'not port 8001')" 0
sums_up "the figures add up"

kill $mine $theirs

# ---- a command ----
/bin/ip netns exec b nc -ll -p 8002 -e cat &
mine=$!
until on b cat /proc/net/tcp /proc/net/tcp6 >listening && grep -q ':1F42 ' listening; do
	kill -0 $mine
	usleep 10000
done
cat >client <<'EOF'
echo hello | nc 10.9.0.2 8002
echo hello | nc fd09::2 8002
exit 7
EOF
status=0
/bin/ip netns exec a skwatch capture -i wire -w own.pcap -- sh client >said.client 2>said || status=$?
is "the command's status" "$status" 7
is "the command was answered" "$(grep -c hello said.client)" 2
is "its connections begin with their SYN" \
	"$(packets_in own.pcap 'tcp dst port 8002 and (tcp[13] = 2 or ip6[53] = 2)')" 2
is "... and end with both FINs" \
	"$(packets_in own.pcap 'tcp port 8002 and (tcp[13] & 1 != 0 or ip6[53] & 1 != 0)')" 4
is "... and the last acknowledgement" "$(tcpdump -nr own.pcap 2>/dev/null | tail -n 1 |
	grep -c 'Flags \[\.\]')" 1
is "its cgroup is removed" "$(find /sys/fs/cgroup -name 'skwatch.*' | wc -l)" 0
kill $mine
