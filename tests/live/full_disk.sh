#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A disk that fills: one line, status 1, and what was written can be read.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
pair

mkdir "$TMP/disk"
mount -t tmpfs -o size=1m none "$TMP/disk" 2>/dev/null || skip_all "mounting is not permitted"
MOUNTS+=("$TMP/disk")

for name in f.pcap f.pcapng; do
	start "$A" capture -i eth0 -w "$TMP/disk/$name"
	traffic "$A" flood eth0 5000 1000
	finish
	is "$STATUS" 1 "$name: ends by itself with status 1"
	is "$(lines_like "$ERR" "^skwatch: .*$name: No space left on device")" 1 "$name: one line says what and why"
	is "$(lines_like "$ERR" '^skwatch: ')" 2 "$name: and only one, besides that it listens"
	"$TRAFFIC" check "$TMP/disk/$name" >"$TMP/line" 2>"$TMP/complaint"
	is "$(cat "$TMP/complaint")" "" "$name: the file is readable to its end"
	is "$(found missing <"$TMP/line") $(found damaged <"$TMP/line")" "0 0" "$name: without a gap before it"
	if [ "$(found numbered <"$TMP/line")" -gt 900 ]; then
		ok "$name: and uses the disk that there was"
	else
		not_ok "$name: and uses the disk that there was" "$(cat "$TMP/line")"
	fi
	rm "$TMP/disk/$name"
done

# Rotation onto the full disk: the files that are complete stay complete.
start "$A" capture -i eth0 -w "$TMP/disk/r.pcap" -C 300k
traffic "$A" flood eth0 5000 1000
finish
is "$STATUS" 1 "rotation: ends by itself with status 1"
check "rotation: all files are readable" "$TRAFFIC" check $(ls -v "$TMP"/disk/r.pcap* | head -n 3)

# There is no room for the first byte.
dd if=/dev/zero of="$TMP/disk/filler" bs=4k 2>/dev/null
launch "$A" capture -i eth0 -w "$TMP/disk/none.pcap" -U
traffic "$A" flood eth0 1 1000
finish
is "$STATUS" 1 "no room at all: status 1"
like "$(cat "$ERR")" "^skwatch: .*none.pcap: No space left on device" "no room at all: and one line"
done_testing
