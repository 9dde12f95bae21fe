#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `skwatch report`: a recording with loss becomes a page, which a real browser opens.
. "${srcdir:?}/tests/live/lib.sh"
need root python3 nft ethtool chromium
pair
inside "$B" ethtool -K eth0 tso off gso off >/dev/null 2>&1
page=$TMP/page.html

# Some of the server's data are lost behind the place where packets are captured.
inside "$A" nft -f - <<-'END' || bail "no nftables rules"
	table ip losses {
		chain in {
			type filter hook input priority 0;
			tcp sport 8080 ip length > 500 numgen random mod 50 < 1 counter drop
		}
	}
END
inside "$B" python3 "$srcdir/tests/live/report_peer.py" serve 8080 >"$TMP/server" 2>&1 &
SERVER=$!
STARTED+=("$SERVER")
wait_for_line "$TMP/server" "$SERVER" '^ready$' || bail "server: $(cat "$TMP/server")"

start "$A" capture -i eth0 -w "$TMP/r.pcapng"
inside "$A" python3 "$srcdir/tests/live/report_peer.py" talk 10.77.0.2 8080 2000000 ||
	bail "the peers have not talked"
stop
is "$STATUS" 0 "the recording is complete"

# ---- the page ----

run report "$TMP/r.pcapng" -o "$page"
is "$STATUS" 0 "the page is made"
is "$(stat -c %U:%a "$page")" "$(stat -c %U:%a "$TMP/r.pcapng")" "it belongs to whom a recording does"
"$SKWATCH" report "$TMP/r.pcapng" -o - 2>/dev/null >"$TMP/stdout.html"
check "the same page comes to standard output" cmp "$page" "$TMP/stdout.html"
"$SKWATCH" report - -o - 2>/dev/null <"$TMP/r.pcapng" | sed 's/<h1>-/<h1>r.pcapng/; s/<title>-/<title>r.pcapng/' >"$TMP/stdin.html"
check "and from standard input" cmp "$page" "$TMP/stdin.html"

# Each file of one capture has the capture's figures up to there.
start "$A" capture -i eth0 --no-events -C 10k -w "$TMP/part.pcapng"
inside "$A" ping -q -f -c 100 -s 400 10.77.0.2 >/dev/null
stop
captured=$(sed -nE 's/^([0-9]+) packets captured$/\1/p' "$ERR")
"$SKWATCH" report "$TMP"/part.pcapng* -o "$TMP/part.html" 2>/dev/null
isnt "$(ls "$TMP"/part.pcapng* | wc -l)" 1 "a capture has several files"
like "$(sed 's/<[^>]*>/ /g' "$TMP/part.html")" "Capture lost +0 +$captured seen" "their figures count once"

# ---- in the browser ----

timeout $((2 * PATIENCE)) python3 "$srcdir/tests/live/report_look.py" "$page" >"$TMP/look" 2>&1 ||
	not_ok "the browser looks at the page" "$(cat "$TMP/look")"
looked() { sed -n "s/^$1=//p" "$TMP/look"; }
is "$(looked complaints)" none "the page logs nothing, asks for nothing, and violates no policy"
is "$(looked hit)/$(looked images)" undefined/0 "hostile names run nothing and make no image"
echo "# loaded in $(looked load_ms) ms"
rows=$(looked rows)
is "$rows" 6 "the table has five connections and a question of DNS"
is "$(looked same_rows)/$(looked sorts)/$(looked arrow)" True/True/descending "the table sorts both ways"
is "$(looked worst_first)" True "and again by trouble, as it was"
is "$(looked filtered)/$(looked matches)" "1/1 of 6" "a filter leaves the refused connection"
is "$(looked by_click)" 1 "a click opens a connection"
is "$(looked charts)/$(looked drawn)" 3/3 "with its segments, round trips and congestion window"
isnt "$(looked resent)" 0 "what was sent again is marked"
isnt "$(looked requests)" 0 "its requests are listed"
is "$(looked zooms)" True "dragging shows a part of the time"
like "$(looked states)" 'ESTABLISHED' "its states are there"
is "$(looked by_key)" True "arrows, Escape and Enter do the same"
is "$(looked static_articles)/$(looked static_rows)" "6/$rows" "without scripts all is there"
is "$(looked paper)" True "and on paper"

# ---- what it says ----

text() { python3 -c 'import html, re, sys
t = re.sub(r"<(style|script).*?</\1>|<svg.*?</svg>", " ", open(sys.argv[1]).read(), flags=re.S)
print(re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", t))))' "$1"; }
said=$(text "$page")
like "$said" 'Sent again 0?[0-9.]+ % [0-9]+ segments' "the head tells the share that was sent again"
like "$said" 'reset by (client|peer|us)' "a reset connection is told"
like "$said" '"><img src=x>\[[0-9]+\]' "the process has its strange name, as text"
like "$said" '</script><img/src=x/onerror=window.hit=1>' "and so has the request"
like "$said" 'UTC' "times are in UTC, and it says so"
unlike() { if grep -Eq -- "$2" <<<"$1"; then not_ok "$3" "has: $2"; else ok "$3"; fi; }
unlike "$said" 'is missing|are missing' "no section is missing"
run capture -r "$TMP/r.pcapng" -w "$TMP/plain.pcap"
run report "$TMP/plain.pcap" -o "$TMP/plain.html"
like "$STATUS $(text "$TMP/plain.html")" "^0 .*kernel’s view is missing.*the input has no events" \
	"a plain pcap file gives a page that says what is missing, and why"
run report "$TMP/r.pcapng" "$TMP/plain.pcap" --filter 'udp' -o "$TMP/two.html"
like "$STATUS $(text "$TMP/two.html")" '^0 .*r.pcapng, plain.pcap .*Packets 4 ' "two files, filtered"

# ---- trouble ----

run report "$TMP/r.pcapng"
is "$STATUS" 2 "without -o the usage is wrong"
run report -o "$TMP/none.html"
is "$STATUS" 2 "and without a file"
run report "$TMP/missing.pcapng" -o "$TMP/none.html"
is "$STATUS/$(ls "$TMP/none.html" 2>/dev/null)" 1/ "of a file that is not there no page is made"
echo "no capture" >"$TMP/text"
cp "$page" "$TMP/old.html"
run report "$TMP/text" -o "$TMP/old.html"
is "$STATUS" 1 "a file that is no capture is an error"
check "which leaves an old page as it was" cmp "$page" "$TMP/old.html"
head -c $(($(stat -c %s "$TMP/r.pcapng") / 2)) "$TMP/r.pcapng" >"$TMP/cut.pcapng"
run report "$TMP/cut.pcapng" -o "$TMP/cut.html"
like "$STATUS $(text "$TMP/cut.html")" '^1 .*has ended early' "a truncated file gives a page that says so, and an error"
cp "$TMP/r.pcapng" "$TMP/same.pcapng"
run report "$TMP/same.pcapng" -o "$TMP/same.pcapng"
is "$STATUS" 1 "the page does not overwrite its input"
check "which is as it was" cmp "$TMP/r.pcapng" "$TMP/same.pcapng"
mkdir "$TMP/small"
mount -t tmpfs -o size=16k none "$TMP/small" || bail "no tmpfs"
MOUNTS+=("$TMP/small")
run report "$TMP/r.pcapng" -o "$TMP/small/page.html"
is "$STATUS" 1 "a full disk is an error"
like "$(cat "$ERR")" 'page.html: No space left on device; the page is not complete' "that says so"
"$SKWATCH" report "$TMP/r.pcapng" -o - 2>"$TMP/closed" >&-
is "$?" 1 "a closed standard output is an error"
done_testing
