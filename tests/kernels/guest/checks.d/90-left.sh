# SPDX-License-Identifier: BSD-2-Clause
# No process, socket, program or map is left, in whatever way a capture ends.

two_hosts

# The end of standard error shows that the last process of the capture has ended.
gone() {
	cat <&8 >>said
	exec 8<&-
	wait $capture_pid || true
	is "$1: no process is left" "$(pidof skwatch)" ""
	is "$1: no packet socket is left" "$(on b cat /proc/net/packet | tail -n +2)" ""
	[ "${SKW_ALONE:-}" != yes ] || check "$1: no program and no map is left" left
}

capture_start b -i wire -w end.pcap
kill -TERM $capture_pid
gone "SIGTERM"

capture_start b -i wire -w end.pcap
kill -KILL $capture_pid
gone "SIGKILL"

capture_start b -i wire -w end.pcap
for pid in $(pidof skwatch); do
	[ "$pid" = $capture_pid ] || kill -KILL "$pid"
done
gone "SIGKILL for the other process"
