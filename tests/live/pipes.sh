#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Packets and lines into pipes, and pipes whose reader goes away.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
pair

# into COMMAND...: starts the reader of a pipe for start_piped; $READER is its process.
into() {
	mkfifo "$TMP/pipe"
	: >"$TMP/reader.out" # what the reader before left there is no answer
	"$@" <"$TMP/pipe" >"$TMP/reader.out" 2>"$TMP/reader.err" &
	READER=$!
	STARTED+=("$READER")
}

# start_piped ARGUMENTS...: as `start`, with standard output in that pipe.
start_piped() {
	ERR=$TMP/err.piped
	: >"$ERR"
	ip netns exec "$A" "${as_typed[@]}" "$SKWATCH" "$@" >"$TMP/pipe" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
	wait_for_line "$ERR" "$PID" '^skwatch: listening on ' || {
		not_ok "skwatch $* starts"
		exit 1
	}
	rm "$TMP/pipe"
}

into cat
start_piped capture -i eth0 -w -
traffic "$A" flood eth0 5000 200
stop INT
wait "$READER"
is "$STATUS" 0 "-w -: ends with status 0"
cp "$TMP/reader.out" "$TMP/piped.pcap"
check "-w -: the reader gets each packet" numbered 5000 "$TMP/piped.pcap"
is "$(figure captured)" 5000 "-w -: the figures are on standard error"

into tcpdump -nn -l -r -
start_piped capture -i eth0 -U -w -
traffic "$A" flood eth0 3 100
if wait_for_line "$TMP/reader.out" "$READER" '\.9000: UDP, length 58'; then
	ok "-U -w -: tcpdump -r - prints packets while they come"
else
	not_ok "-U -w -: tcpdump -r - prints packets while they come" "$(cat "$TMP/reader.err")"
fi
stop INT
wait "$READER"
is "$(wc -l <"$TMP/reader.out")" 3 "-U -w -: all of them"
is "$(grep -v '^reading from' "$TMP/reader.err")" "" "-U -w -: and has nothing to complain about"

into cat
start_piped capture -i eth0 -w - --format pcapng
traffic "$A" flood eth0 100 200
stop INT
wait "$READER"
cp "$TMP/reader.out" "$TMP/piped.pcapng"
check "-w - --format pcapng works as well" numbered 100 "$TMP/piped.pcapng"

# A reader that does not read for a while: what it did not take waits in the rings, and the end
# waits for it.
into cat
start_piped capture -i eth0 -w -
kill -STOP "$READER"
traffic "$A" flood eth0 30000 1000
traffic "$A" flood eth0 5000 1000 --sender 1
kill -INT "$PID"
kill -CONT "$READER"
finish
wait "$READER"
cp "$TMP/reader.out" "$TMP/late.pcap"
is "$STATUS" 0 "-w -, a reader that pauses: ends with status 0"
check "-w -, a reader that pauses: it gets each packet" numbered 35000 "$TMP/late.pcap"

# The reader takes the file header and leaves.
into head -c 24
start_piped capture -i eth0 -U -w -
traffic "$A" flood eth0 1 100
wait "$READER"
traffic "$A" flood eth0 100 100
finish
is "$STATUS" 1 "-w -: ends with status 1 when the reader has gone"
is "$(lines_like "$ERR" '^skwatch: .*(pipe|reader)')" 1 "-w -: with one line that says so"

into head -n 1
start_piped capture -i eth0
traffic "$A" flood eth0 1 100
wait "$READER"
traffic "$A" flood eth0 100 100
finish
is "$STATUS" 1 "lines: ends with status 1 when the reader has gone"
is "$(lines_like "$ERR" '^skwatch: .*pipe')" 1 "lines: with one line that says so"
is "$(wc -l <"$TMP/reader.out")" 1 "lines: and the reader got what it wanted"

# Lines and a file: what the file took is not left over when the reader of the lines has gone.
into head -n 1
start_piped capture -i eth0 --print -w "$TMP/both.pcap"
traffic "$A" flood eth0 1 100
wait "$READER"
traffic "$A" flood eth0 100 100
finish
is "$STATUS" 1 "lines and a file: ends with status 1 when the reader has gone"
left=$(sed -nE 's/^.* seen by the filter .*, ([0-9]+) left over\)$/\1/p' "$ERR")
is "$(packets "$TMP/both.pcap") $(($(figure captured) + ${left:-0} + $(figure dropped)))" \
	"$(figure captured) $(figure seen)" \
	"lines and a file: those in the file are captured, and with those left over they are all"

# Compressed files.
if command -v zstd >/dev/null; then
	start "$A" capture -i eth0 -w "$TMP/z.pcap.zst"
	traffic "$A" flood eth0 1000 200
	stop INT
	zstd -q -d "$TMP/z.pcap.zst" -o "$TMP/z.pcap"
	check "a .zst file holds each packet" numbered 1000 "$TMP/z.pcap"
else
	skip "a .zst file holds each packet" "zstd is not installed"
fi
start "$A" capture -i eth0 -w "$TMP/g.pcap.gz"
traffic "$A" flood eth0 1000 200
stop INT
gzip -d "$TMP/g.pcap.gz"
check "a .gz file holds each packet" numbered 1000 "$TMP/g.pcap"
done_testing
