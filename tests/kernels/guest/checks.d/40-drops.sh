# SPDX-License-Identifier: BSD-2-Clause
# A ring that is too small loses packets, and their exact number is reported.

two_hosts

capture_start b -i wire --rings 1 --ring-size 16k -w lossy.pcap udp
# The reader of the ring is stopped during the flood.
skwatch_pids=$(pidof skwatch)
kill -STOP $skwatch_pids
send_from a flood wire 5000 100
kill -CONT $skwatch_pids
check "a capture with losses ends well" capture_stop
sums_up "its figures add up"
is "captured and dropped are what was sent" "$((captured + dropped))" 5000
if [ "${dropped:-0}" -gt 0 ] && [ "${captured:-0}" -gt 0 ]; then
	ok "some were dropped and some were not"
else
	not_ok "some were dropped and some were not" "$dropped dropped, $captured captured"
fi
is "the file has what was captured" "$(packets_in lossy.pcap)" "$captured"
check "those are undamaged and in order" traffic check lossy.pcap
