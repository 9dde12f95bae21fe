#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Connections that were open before the start: where the kernel can give them callbacks (since 6.12),
# RTT samples and timeouts are counted from then on. Elsewhere these figures are unknown, and not 0.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
six
losses
conns "$A" hold v4 v6 --peer "$B"
tell talk 10

launch "$A" top --json -d 0.2 --netns self
await 1 '"proto":"tcp"'
is "$?" 0 "there are rows"
if grep -q "can't give callbacks" "$ERR"; then
	tell talk 10
	await 6 '"proto":"tcp"'
	stop
	is "$("${ROWS[@]}" count "$OUT" 'rtt_samples is not None or rto_count is not None or rtt_hist or last_rtt_us')" \
		0 "without callbacks: what they would tell is unknown"
	is "$("${ROWS[@]}" count "$OUT" 'srtt_us is None')" 0 "without callbacks: what the kernel keeps is told"
	skip "RTT samples and timeouts" "this kernel gives no callbacks to open connections"
	done_testing
fi
is "$("${ROWS[@]}" get "$OUT" True rtt_samples rto_count last_rtt_us | sort -u)" "0 0 None" \
	"at the start nothing was counted, and the last sample is unknown"
tell talk 20
for kind in v4 v6; do
	await 1 "\"remote_port\":$(port_of $kind),.*\"rtt_samples\":[1-9]"
	is "$?" 0 "$kind: samples after the start"
done
tell lose
for kind in v4 v6; do
	await 1 "\"remote_port\":$(port_of $kind),.*\"rto_count\":[1-9]"
	is "$?" 0 "$kind: timeouts after the start"
done
tell heal
stop
is "$STATUS" 0 "ends with status 0"
is "$("${ROWS[@]}" count "$OUT" 'rtt_samples != sum(rtt_hist)')" 0 "the histogram holds all samples"
is "$("${ROWS[@]}" count "$OUT" 'rtt_samples and not last_rtt_us')" 0 "with the last one"

# Events of such connections.
watch "$A" events --json --netns self -t rtt,rto
tell talk 3
tell lose
for type in rtt rto; do
	await 2 "\"type\":\"$type\""
	is "$?" 0 "events: $type of connections that were open before"
done
tell heal
stop
is "$("${ROWS[@]}" count "$OUT" 'type == "rtt" and not 0 < rtt_us < 10**8')" 0 "each with its sample"
is "$("${ROWS[@]}" get "$OUT" True pid comm | sort -u)" "$CONNS_PID conns" "and whose they are"
done_testing
