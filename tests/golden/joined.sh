#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording with owners, events and rows is read: lines, events, and Wireshark with our script.
set -u
export LC_ALL=C TZ=UTC
samples=${srcdir:?}/pcap-samples
sample=$samples/pcapng-joined.pcapng
skwatch=${SKWATCH:-${builddir:?}/skwatch}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
count=0 status=0

is() { # ACTUAL EXPECTED NAME
	count=$((count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		printf 'got:\n%s\nexpected:\n%s\n' "$1" "$2" | sed 's/^/#   /'
		status=1
	fi
}
run() { "$skwatch" "$@" 2>"$tmp/said"; }

# Lines
is "$(run capture -r "$sample" | sed -n 's/^\([^ ]* -- [^:]*\):.*/\1/p')" \
	"22:13:20.010000 -- connect
22:13:20.012010 -- established, handshake 2.0ms
22:13:20.220000 -- RTO #1 after 204ms, cwnd 10 -> 1
22:13:20.220005 -- retransmit 1 segment seq 1000101
22:13:21.502004 -- closed in FIN_WAIT2 after 1.5s, sent 302B, received 600B, srtt 2.1ms, 1 retransmit" \
	"events are lines"
is "$(run capture -r "$sample" -t | cut -c 1-32 | sed -n 8,10p)" "IP 10.0.0.1.40000 > 10.0.0.2.443
-- RTO #1 after 204ms, cwnd 10 -
-- retransmit 1 segment seq 1000" "between the packets, in the order of time"
is "$(run capture -r "$sample" --no-events | wc -l)" 13 "--no-events prints packets only"
is "$(run capture -r "$sample" udp | wc -l)" 0 "a filter leaves out the events of other connections"
is "$(run capture -r "$sample" 'tcp[tcpflags] & tcp-fin != 0' | grep -c -- --)" 1 \
	"they begin with the first packet of their connection"
is "$(run capture -r "$sample" --count)" "13 packets" "events are no packets"
is "$(run capture -r "$sample" -c 1 --owner | tail -n 1 | sed 's/.*  //')" "curl[4711]" \
	"--owner prints the owner that a comment tells"
is "$(run capture -r "$sample" -c 1 | tail -n 1 | sed 's/.*, //')" "length 0" \
	"without a terminal and --owner there is none"
run capture -r "$sample" -w "$tmp/copy.pcapng"
cmp -s "$sample" "$tmp/copy.pcapng"
is "$?" 0 "a copy is the same, byte for byte"

# Events
is "$(run events -r "$sample" | cut -c 1-79)" \
	"22:13:20.010000 connect     curl[4711]               10.0.0.1:40000        > 10
22:13:20.012010 established curl[4711]               10.0.0.1:40000        > 10
22:13:20.220000 rto         curl[4711]               10.0.0.1:40000        > 10
22:13:20.220005 retrans     curl[4711]               10.0.0.1:40000        > 10
22:13:21.502004 close       curl[4711]               10.0.0.1:40000        > 10" \
	"events prints what a file has"
is "$(cat "$tmp/said")" "skwatch: 5 events printed, 5 read" "and says how many"
is "$(run events -r "$sample" -t rto,close | wc -l)" 2 "-t"
is "$(run events -r "$sample" -c 1 | wc -l)" 1 "-c"
is "$(run events -r "$sample" --where 'bytes_acked > 0 and comm = curl' | cut -d ' ' -f 2)" close "--where"
is "$(run events -r "$sample" --json -t rto | cut -d , -f 1-8)" \
	'{"ts":"2023-11-14T22:13:20.220000000Z","type":"rto","host":null,"rto_us":204000,"backoff":0,"old_cwnd":10,"cookie":71,"netns":4026531840' \
	"--json"
is "$(run events -r - <"$sample" | wc -l)" 5 "standard input"
is "$(run events -r "$sample" -r "$sample" | wc -l)" 10 "several files"
is "$(run events -r "$samples/arp.pcap" | wc -l) $(tail -n 1 "$tmp/said")" \
	"0 skwatch: 0 events printed, 0 read (only pcapng files of skwatch have events)" "a pcap file has none"
for option in "--netns self" "--cgroup /" "--duration 1s" "--ring-size 1M"; do
	# shellcheck disable=SC2086
	run events -r "$sample" $option
	is "$? $(cat "$tmp/said")" "2 skwatch: -r reads a file: ${option%% *} does not apply" "${option%% *} is refused"
done
sed 's/SKWATCH_BACKOFF=0/SKWATCH_BACKOFF=x/' "$sample" >"$tmp/damaged.pcapng"
is "$(run events -r "$tmp/damaged.pcapng" | wc -l) $(tail -n 1 "$tmp/said")" \
	"4 skwatch: 1 damaged journal entry was left out" "a damaged entry is left out, and that is said"

# Wireshark with the script
tshark_shows() { # FILE FILTER FIELD...
	local file=$1 filter=$2 field args=()
	shift 2
	for field; do args+=(-e "$field"); done
	tshark -X "lua_script:$srcdir/contrib/wireshark/skwatch.lua" -r "$file" -Y "$filter" \
		-T fields -E separator=, "${args[@]}" 2>"$tmp/said"
}
# as_list: the lines on standard input in one.
as_list() { tr '\n' ' ' | sed 's/ $//'; }
if command -v tshark >/dev/null; then
	is "$(tshark_shows "$sample" 'skwatch.comm == "curl" && tcp' frame.number | as_list)" \
		"4 5 7 8 9 10 13 14 15 16 19 20 22" "the packets of a process"
	grep -v "Running as user" "$tmp/said"
	is "$?" 1 "the script has no complaint"
	is "$(tshark_shows "$sample" 'skwatch.pid == 913' frame.number skwatch.comm skwatch.cgroup skwatch.event skwatch.srtt)" \
		"1,nginx,/system.slice/nginx.service,row,0.9" "a row has its fields"
	is "$(tshark_shows "$sample" skwatch.event skwatch.event | as_list)" \
		"row sweep connect established rto retrans row sweep close sweep" "events in their order"
	is "$(tshark_shows "$sample" 'skwatch.event == "rto"' skwatch.rto skwatch.local skwatch.remote skwatch.state)" \
		"204,10.0.0.1:40000,10.0.0.2:443,ESTABLISHED" "an event has what it adds"
	is "$(tshark_shows "$sample" 'skwatch.srtt > 1' frame.number | as_list)" "17 21" "figures are numbers"
	is "$(tshark_shows "$samples/pcapng-everything.pcapng" skwatch frame.number)" "" \
		"comments and entries of others are left alone"
	# Names as somebody may choose them, and both ends.
	python3 - "$samples" "$tmp/names.pcapng" <<-'END'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, sys.argv[1])
		from generator import joined
		f = joined.Recording()
		f.owned(joined.Flow("10.0.0.1", "10.0.0.2").open()[0], 1, joined.OUT,
		        (7, "a[12] b", "/x y netns z", 0), (4294967295, "[9]", "netns blue", 0))
		f.packet(joined.eth(joined.Flow("10.0.0.1", "10.0.0.2").open()[0]), at=2, unit=1,
		         opts=[(1, "big[99999999999] /")])
		open(sys.argv[2], "wb").write(f.out)
	END
	is "$(tshark_shows "$tmp/names.pcapng" frame frame.number skwatch.comm skwatch.pid skwatch.cgroup skwatch.netns skwatch.sender skwatch.receiver 2>&1)" \
		'1,a[12] b,[9],7,4294967295,/x y,z,blue,a[12] b,[9]
2,,,,,,' "names with brackets and blanks, and numbers that are too large"
else
	count=$((count + 1))
	echo "ok $count - Wireshark with the script # SKIP tshark is not installed"
fi

# Connections as they were
is "$(run top -r "$sample" -b | grep -v '^ *$' | cut -d ' ' -f 1-4)" "$(run top -r - -b <"$sample" | grep -v '^ *$' | cut -d ' ' -f 1-4)" \
	"top reads standard input as a file"
is "$(run top -r "$sample" --json | grep -o '"ts":"[^"]*\|"comm":"[^"]*","uid\|"state":"[^"]*\|"rto_count":[0-9a-z]*' | cut -d : -f 2- | tr -d '"' | paste -d ' ' - - - - | sed 's/,uid//')" \
	"2023-11-14T22:13:20.000500000Z ESTABLISHED nginx 0
2023-11-14T22:13:21.000400000Z ESTABLISHED curl 1
2023-11-14T22:13:21.000600000Z ESTABLISHED nginx 0
2023-11-14T22:13:21.502004000Z CLOSED curl 1
2023-11-14T22:13:22.000600000Z ESTABLISHED nginx 0" "top shows each sweep"
is "$(run top -r "$samples/arp.pcap" -b; tail -n 1 "$tmp/said" | cut -c 1-50)" \
	"skwatch: nothing to show: there is no sweep in the" "a file without sweeps is told"
run top -r - </dev/null
is "$? $(cat "$tmp/said")" "2 skwatch: -r -: the screen reads its keys from standard input; give -b, --json or --csv" \
	"a screen can't read a recording from its keyboard"
run top -b --speed 2
is "$? $(cat "$tmp/said")" "2 skwatch: --speed is for -r FILE" "--speed needs a recording"
if command -v tmux >/dev/null; then
	socket=$tmp/tmux
	tm() { tmux -S "$socket" "$@" 2>/dev/null; }
	tm -f /dev/null new-session -d -x 150 -y 20 "TERM=screen XDG_CONFIG_HOME=$tmp $skwatch top -r $sample --speed 0.01 2>$tmp/said"
	# shows REGEX: waits until the screen does.
	shows() {
		local deadline=$((SECONDS + 30))
		until tm capture-pane -p | grep -Eq -- "$1"; do
			[ $SECONDS -lt $deadline ] || return 1
			sleep 0.05
		done
	}
	step() { # KEY REGEX NAME
		[ -z "$1" ] || tm send-keys "$1"
		shows "$2"
		is "$?" 0 "$3"
	}
	step '' '22:13:20 .* recorded, speed 0.01 ' "the screen shows the first sweep, and the speed"
	step n 'PAUSED' "n pauses"
	step '' '^ connect: curl\[4711\]' "and goes to the next event"
	step n '^ established, handshake' "one after the other"
	step n '^ RTO #1 after 204ms, cwnd 10 -> 1' "at once, however slow the recording is shown"
	step . '22:13:21 ' ". goes on by one update"
	step + 'speed 0.0' "+ and - change the speed"
	step Space 'recorded' "Space goes on"
	tm send-keys q
	deadline=$((SECONDS + 30))
	while tm has-session && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
	tm has-session
	is "$? $(cat "$tmp/said")" "1 " "q ends it"
	tm kill-server
else
	count=$((count + 1))
	echo "ok $count - top -r on a screen # SKIP tmux is not installed"
fi

echo "1..$count"
exit $status
