# SPDX-License-Identifier: BSD-2-Clause
# The bytes and datagrams of sockets of UDP are exact, over IPv4 and IPv6, also the last figures of
# sockets that have closed. An older socket has no totals.

two_hosts
ip -n a addr add 10.77.0.1/24 dev wire
ip -n a addr add fd77::1/64 dev wire nodad
ip -n b addr add 10.77.0.2/24 dev wire
ip -n b addr add fd77::2/64 dev wire nodad

rm -f tell told
mkfifo tell told
on a conns datagrams --peer b <tell >told 8<&- &
conns_pid=$!
exec 7>tell 9<told
await_conns() {
	while read -r line <&9; do
		echo "$line" >>counts
		case $line in "$1"*) return ;; esac
	done
}
tell() {
	echo "$*" >&7
	await_conns done
}
: >counts
await_conns ready

: >rows
: >said
skwatch top -u --json -d 0.5 --closed 600 >rows 2>said 7>&- 9<&- &
top_pid=$!
until grep -q '"proto":"udp"' rows || [ ! -d /proc/$top_pid ]; do usleep 10000; done
check "skwatch top -u starts" sh -c 'grep -q "\"proto\":\"udp\"" rows || ! cat said'
is "nothing is missing" "$(grep -c 'not counted\|refuses the programs that count' said)" 0

# agree: the last rows of all sockets have the counts that the sockets have told. It waits for them.
cat >agree.awk <<'END'
function value(name) {
	if (!match($0, "\"" name "\":[0-9a-z]+"))
		return "none"
	return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
}
FNR == NR {
	if ($1 == "socket" && $2 != "old")
		want[$4] = $5 " " $6 " " $7 " " $8
	next
}
/"proto":"udp"/ {
	last[value("cookie")] = value("bytes_acked") " " value("bytes_received") " " \
		value("packets_out") " " value("packets_in")
}
END {
	for (cookie in want)
		if (last[cookie] != want[cookie]) {
			print cookie ": " last[cookie] ", not " want[cookie]
			wrong = 1
		}
	exit wrong
}
END
agree_now() { awk -f agree.awk counts rows >wrong; }
agree() { comes agree_now || ! cat wrong; }
tell old 4
tell talk 9
check "bytes and datagrams are exact" agree
tell short 3
check "those of short sockets, too" agree
# Before its first datagram, the client has no port, and so no sweep meets it.
old=$(sed -n 's/^socket old server \([0-9]*\) .*/\1/p' counts)
grep "\"cookie\":$old," rows >rows.old
is "an older socket has no totals" \
	"$(grep -c '"bytes_acked":[0-9]\|"packets_out":[0-9]' rows.old)" 0
check "but rates" grep -q '"rx_bps":[1-9]' rows.old
kill -TERM $top_pid
check "top ends well" wait $top_pid
exec 7>&- 9<&-
wait $conns_pid
