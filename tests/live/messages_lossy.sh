#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Messages over a wire that loses packets in both directions: every request has its answer, once, and
# the time that a retransmission took is in the latency.
. "${srcdir:?}/tests/live/lib.sh"
need root python3 nft
pair

: >"$TMP/server.out"
ip netns exec "$A" python3 "$srcdir/tests/live/web_peers.py" server 10.77.0.1 >"$TMP/server.out" &
STARTED+=($!)
wait_for_line "$TMP/server.out" "$!" ready || bail "the server did not start"
# The tap sees what comes in before this rule drops it, and what goes out only if the rule lets it.
for ns in "$A" "$B"; do
	ip netns exec "$ns" nft -f - <<'END' || bail "no nftables rules"
		table inet loss {
			chain in {
				type filter hook input priority 0;
				tcp flags & (syn | fin) == 0 numgen inc mod 40 == 7 counter drop
			}
			chain out {
				type filter hook output priority 0;
				tcp flags & (syn | fin) == 0 numgen inc mod 40 == 23 counter drop
			}
		}
END
done

# requests NS: what the messages that are seen in NS tell of 400 requests.
requests() {
	start "$1" messages -i eth0 -t http --json
	printf '%s\n' '400 /page' | ip netns exec "$B" python3 "$srcdir/tests/live/web_peers.py" client 10.77.0.1
	wait_for_lines "$OUT" "$PID" 400 '"outcome":"answered"'
	stop
	is "$STATUS" 0 "$2: ends with status 0"
	is "$(wc -l <"$OUT") $(grep -c '"kind":"GET /page","status":"200","outcome":"answered"' "$OUT")" \
		"400 400" "$2: each request has its answer, once"
	is "$(grep -c '"holes":0,' "$OUT")" 400 "$2: no message has a hole, as what was lost came again"
	python3 - "$OUT" >"$TMP/slow" <<'END'
import json
import sys
print(sum(json.loads(line)["latency_us"] > 100000 for line in open(sys.argv[1])))
END
	isnt "$(cat "$TMP/slow")" 0 "$2: some took as long as a retransmission timeout"
}
requests "$A" "the server's host"
requests "$B" "the client's host"
# counted NS: packets that the rules have dropped.
counted() { ip netns exec "$1" nft list table inet loss | grep -o 'packets [0-9]*' | awk '{ n += $2 } END { print n + 0 }'; }
is "$(($(counted "$A") > 10 && $(counted "$B") > 10))" 1 "packets were lost at both hosts"
done_testing
