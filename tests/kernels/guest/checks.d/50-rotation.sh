# SPDX-License-Identifier: BSD-2-Clause
# No packet is lost when one file ends and the next begins.

two_hosts

capture_start b -i wire -C 50k -w size.pcap udp
send_from a flood wire 2000 200
check "-C: ends well" capture_stop
is "-C: every packet was captured" "$captured" 2000
files=size.pcap
number=1
while [ -e size.pcap$number ]; do
	files="$files size.pcap$number"
	number=$((number + 1))
done
check "-C: the files together have each of them" traffic check $files --expect 2000
# The limit is 51200 bytes and, as in tcpdump, the packet that exceeds them.
if [ $number -ge 8 ] && [ -z "$(find . -name 'size.pcap*' -size +51416c)" ]; then
	ok "-C: no file is larger by more than one packet"
else
	not_ok "-C: no file is larger by more than one packet" "$(ls -l)"
fi

capture_start b -i wire -G 1 -w 'time-%s.pcap' udp
send_from a flood wire 250 200 --pps 100
check "-G: ends well" capture_stop
is "-G: every packet was captured" "$captured" 250
check "-G: the files together have each of them" traffic check time-*.pcap --expect 250
files=$(ls time-*.pcap | wc -l)
if [ "$files" -ge 2 ]; then
	ok "-G: several files"
else
	not_ok "-G: several files" "$(ls -l)"
fi
