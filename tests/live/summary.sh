#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# capture --summary on real connections: round-trip times are the kernel's own, retransmissions are
# those that the kernel counts, nothing is left out of the sums, and each end prints the table.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need ethtool
pair
far 10
PEER=(python3 "$srcdir/tests/live/summary_peer.py")

# serve ADDRESS: a server in $B. It ends with the test.
serve() {
	ip netns exec "$B" "${PEER[@]}" serve "$1" >"$TMP/serve.$1" 2>&1 </dev/null &
	STARTED+=("$!")
	wait_for_line "$TMP/serve.$1" "$!" '^ready$' || bail "no server: $(cat "$TMP/serve.$1")"
}
serve 10.77.0.2
serve 10.78.0.2

# field CONDITION FIELD...: of the connections in the output.
field() { "${ROWS[@]}" get "$OUT" "$@"; }

# ---- round-trip times: a quiet connection over a path of 20 ms ----

start "$A" capture -i far0 --summary --json -w "$TMP/talk.pcapng" tcp
ip netns exec "$A" "${PEER[@]}" talk 10.78.0.2 100 >"$TMP/talk" 2>&1 </dev/null &
talk_pid=$!
STARTED+=("$talk_pid")
wait_for_line "$TMP/talk" "$talk_pid" '^srtt=' || bail "talk: $(cat "$TMP/talk")"
kill "$talk_pid"
wait "$talk_pid" 2>/dev/null
forget "$talk_pid"
silent "$A"
stop
is "$STATUS" 0 "Ctrl-C ends with status 0"
is "$("${ROWS[@]}" count "$OUT" True)" 1 "a line for the connection"
is "$(field True src_addr dst_addr dst_port syn_seen close_reason)" \
	"10.78.0.1 10.78.0.2 9000 True reset_by_src" "with its ends"
kernel=$(found srtt <"$TMP/talk")
wire=$(field True dst_srtt_us)
[ $((wire * 100)) -ge $((kernel * 98)) ] && [ $((wire * 100)) -le $((kernel * 102)) ]
is "$?" 0 "the smoothed time is the kernel's within 2 % ($wire us, $kernel us)"
is "$(field True dst_kernel_srtt_us)" "$kernel" "which stands beside it"
is "$("${ROWS[@]}" count "$OUT" '20000 <= dst_kernel_min_rtt_us <= dst_kernel_srtt_us')" 1 \
	"with its lowest time"
is "$(field True src_kernel_retrans dst_kernel_retrans)" "$(field True src_retrans dst_retrans)" \
	"and what both kernels have sent again is what was seen on the wire"
is "$(field True src_pid src_comm)" "$talk_pid python3" "and the process"
is "$("${ROWS[@]}" count "$OUT" '20000 <= src_kernel_srtt_us and dst_comm == "python3"')" 1 \
	"the other end's kernel tells the same in another namespace"
is "$("${ROWS[@]}" count "$OUT" 'src_rtt_samples and dst_rtt_samples >= 100 - retrans and resets')" 1 \
	"each answer is a sample"
is "$("${ROWS[@]}" count "$OUT" \
	'20000 <= dst_rtt_min_us <= dst_rtt_median_us <= dst_rtt_p99_us <= duration_us')" 1 \
	"minimum, median and the longest times lie behind each other"
[ "$(field True handshake_us)" -ge 20000 ]
is "$?" 0 "the handshake took a round trip"
is "$(field True packets)" "$(figure captured)" "the figures of the capture are on standard error"
cp "$OUT" "$TMP/live.json"
run capture -r "$TMP/talk.pcapng" --summary --json
is "$(cat "$OUT")" "$(cat "$TMP/live.json")" "the file with its events tells all of this again"
run capture -r "$TMP/talk.pcapng" --summary --json --where 'comm = python3 and kernel_srtt > 20ms'
is "$("${ROWS[@]}" count "$OUT" True)" 1 "--where knows the kernel's figures and the process"
run capture -r "$TMP/talk.pcapng" --summary
like "$(head -n 1 "$OUT")" ' <P99 +KSRTT> +KRETR> .* OWNER> +<OWNER +END$' "the text has columns for them"
run capture -r "$TMP/talk.pcapng" --summary --no-events
like "$(head -n 1 "$OUT")" ' <P99 END$' "--no-events: and none without them"

# ---- retransmissions: as many as the kernel counts, also by tshark's rules ----

for ns in "$A" "$B"; do
	inside "$ns" ethtool -K eth0 tso off gso off gro off >/dev/null 2>&1
	inside "$ns" nft -f - <<-'END' || bail "no nftables rules"
		table inet lossy {
			chain in {
				type filter hook input priority 0
				ip saddr 10.77.0.0/24 tcp dport 9000 numgen random mod 100 < 3 drop
				ip saddr 10.77.0.0/24 tcp sport 9000 numgen random mod 100 < 3 drop
			}
		}
	END
done
retransmitted() { echo $(($(counter "$A" TcpRetransSegs) + $(counter "$B" TcpRetransSegs))); }

before=$(retransmitted)
start "$A" capture -i eth0 --summary --json -w "$TMP/lossy.pcap" tcp
inside "$A" "${PEER[@]}" bulk 10.77.0.2 500000 6 || bail "no traffic"
silent "$A"
silent "$B"
stop
lost=$(($(retransmitted) - before))
is "$(figure dropped)" 0 "no packet of the lossy path is missing"
isnt "$lost" 0 "segments were sent again"
is "$("${ROWS[@]}" sum "$OUT" True retrans)" "$lost" "as many as the kernel counts"
is $(($("${ROWS[@]}" sum "$OUT" True src_kernel_retrans) + $("${ROWS[@]}" sum "$OUT" True dst_kernel_retrans))) \
	"$lost" "and its sockets tell the same"
is "$("${ROWS[@]}" sum "$OUT" True packets)" "$(packets "$TMP/lossy.pcap")" \
	"-w writes the same packets"
# A pcap file has no events.
of_wire() { sed 's/,"dst_kernel_srtt_us":.*//' "$1"; }
of_wire "$OUT" >"$TMP/live.json"
run capture -r "$TMP/lossy.pcap" --summary --json
is "$STATUS" 0 "the file is summed up"
is "$(of_wire "$OUT")" "$(cat "$TMP/live.json")" "with the same table as live"
is "$("${ROWS[@]}" count "$OUT" 'dst_kernel_srtt_us is None and src_pid is None')" 6 \
	"but for the kernel's figures, which are unknown"
if command -v tshark >/dev/null; then
	tshark -n -r "$TMP/lossy.pcap" -T fields -e tcp.analysis.retransmission \
		-e tcp.analysis.out_of_order >"$TMP/tshark" 2>/dev/null
	known=$(grep -c . <(tr -d '\t' <"$TMP/tshark"))
	again=$("${ROWS[@]}" sum "$OUT" True retrans)
	overtaken=$("${ROWS[@]}" sum "$OUT" True src_out_of_order)
	overtaken=$((overtaken + $("${ROWS[@]}" sum "$OUT" True dst_out_of_order)))
	is $((again + overtaken)) "$known" "tshark sees the same segments again or out of order"
	[ "$again" -ge "$(cut -f 1 "$TMP/tshark" | grep -c .)" ]
	is "$?" 0 "and takes no more of them for retransmissions, as it does not look at SACK"
else
	skip "tshark sees the same segments" "tshark is not installed"
fi
run capture -r "$TMP/lossy.pcap" --summary --json --where 'retrans > 0 and dport = 9000' \
	--sort retrans
is "$(field True retrans)" "$(field True retrans | sort -rn)" "--sort: the largest comes first"
run capture -r "$TMP/lossy.pcap" --summary --where 'packets < 0'
like "$(cat "$ERR")" '^skwatch: 0 of 6 connections match$' "--where tells how many are left out"
is "$(lines_like "$OUT" '')" 1 "and the text has its titles only"

# ---- ends ----

for end in "-c 20" "--duration 300ms"; do
	# shellcheck disable=SC2086
	launch "$A" capture -i eth0 $end --summary --csv
	wait_for_line "$ERR" "$PID" '^skwatch: listening on ' || bail "no capture"
	[ "$end" = "-c 20" ] && traffic "$A" flood eth0 20 100
	finish
	is "$STATUS" 0 "$end ends with status 0"
	like "$(head -n 1 "$OUT")" '^first_at,last_at,duration_us,' "$end: and prints the table"
done

# A reader that leaves early has all that it wanted.
"$SKWATCH" capture -r "$TMP/lossy.pcap" --summary 2>"$TMP/err.head" | head -n 1 >"$TMP/head"
is "${PIPESTATUS[0]}" 0 "head takes one line: status 0"
like "$(cat "$TMP/head")" '^START .* END$' "which are the titles"

# ---- memory ----

start "$A" capture -i lo --summary --json --summary-size 256k tcp
inside "$A" "$CONNS" short 2000 >/dev/null || bail "no connections"
stop
kept=$("${ROWS[@]}" count "$OUT" True)
more=$(sed -nE 's/^skwatch: ([0-9]+) more connections with ([0-9]+) packets.*/\1 \2/p' "$ERR")
[ "$kept" -gt 10 ] && [ "$kept" -lt 1000 ]
is "$?" 0 "a small table keeps some connections ($kept)"
is $((kept + ${more% *})) 2000 "and tells of all others"
is $(($("${ROWS[@]}" sum "$OUT" True packets) + ${more#* })) "$(figure captured)" \
	"no packet is in neither"
done_testing
