#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Files turn over by size and by time, and no packet falls between two of them.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump capinfos
pair

# This command writes the name of its file into a fifo, so that a closed file can be awaited.
mkfifo "$TMP/fifo"
exec {closed}<>"$TMP/fifo"
cat >"$TMP/tell" <<-'END'
	#!/bin/sh
	echo "$1" >"${0%/*}/fifo"
END
chmod 755 "$TMP/tell"
next_closed() { IFS= read -r -t $PATIENCE -u "$closed" CLOSED; }

mkdir "$TMP/size"
start "$A" capture -i eth0 -w "$TMP/size/f.pcap" -C 1
traffic "$A" flood eth0 6000 1000 --pps 20000
stop INT
is "$STATUS" 0 "-C: ends with status 0"
is "$(cd "$TMP/size" && ls -v | tr '\n' ' ')" "f.pcap f.pcap1 f.pcap2 f.pcap3 f.pcap4 f.pcap5 f.pcap6 " \
	"-C: names as tcpdump makes them"
check "-C: no packet lost, doubled or moved at the boundaries" \
	numbered 6000 $(ls -v "$TMP"/size/f.pcap*)
is "$(find "$TMP/size" -size +1017k)" "" "-C: no file is larger than a million bytes and a packet"

mkdir "$TMP/ring"
start "$A" capture -i eth0 -w "$TMP/ring/f.pcap" -C 1 -W 3 -z "$TMP/tell"
traffic "$A" flood eth0 6000 1000 --pps 20000
stop INT
is "$(cd "$TMP/ring" && ls | tr '\n' ' ')" "f.pcap0 f.pcap1 f.pcap2 " "-C -W: a ring of files"
# 6,000,000 bytes and headers need seven files, so the last one is number 0 again.
check "-C -W: the last files are whole" \
	"$TRAFFIC" check "$TMP/ring/f.pcap1" "$TMP/ring/f.pcap2" "$TMP/ring/f.pcap0"
# Commands run side by side, in any order.
for i in 1 2 3 4 5 6 7; do next_closed && echo "${CLOSED##*/}"; done | sort >"$TMP/told"
is "$(tr '\n' ' ' <"$TMP/told")" "f.pcap0 f.pcap0 f.pcap0 f.pcap1 f.pcap1 f.pcap2 f.pcap2 " \
	"-z: runs for each complete file, the last included"
while read -r -t 0 -u "$closed"; do next_closed; done

# One packet comes, and then none. The file has to turn over all the same.
mkdir "$TMP/time"
start "$A" capture -i eth0 -w "$TMP/time/%s.pcap" -G 1 -z "$TMP/tell"
traffic "$A" flood eth0 1 100
if next_closed; then ok "-G: turns over without a packet"; else not_ok "-G: turns over without a packet"; fi
# The packet came in one of the first seconds, and nobody knows in which.
with=0 without=0
for _ in {1..60}; do
	case $(packets "$CLOSED") in
	0) without=$((without + 1)) ;;
	1) with=$((with + 1)) ;;
	*) break ;;
	esac
	[ $with -gt 0 ] && [ $without -gt 0 ] && break
	next_closed || break
done
is "$with" 1 "-G: with the packet in a file that was closed"
isnt "$without" 0 "-G: a second without packets has a readable file as well"
traffic "$A" flood eth0 7 100 --pps 3 --sender 1
stop INT
is "$STATUS" 0 "-G: ends with status 0"
check "-G: no packet lost at the boundaries" numbered 8 $(ls -v "$TMP"/time/*.pcap)
bad=
for file in "$TMP"/time/*.pcap; do
	begin=$(basename "$file" .pcap)
	while read -r at; do
		[ "${at%.*}" -ge "$begin" ] && [ "${at%.*}" -le $((begin + 1)) ] || bad+="$file:$at "
	done < <(tcpdump -tt -nn -r "$file" 2>/dev/null | cut -d' ' -f1)
done
is "$bad" "" "-G: each packet is in the file of its time"
while read -r -t 0 -u "$closed"; do next_closed; done

# Fast packets: none may get lost when a file turns over.
mkdir "$TMP/busy"
start "$A" capture -i eth0 -w "$TMP/busy/%s.pcap" -G 1
traffic "$A" flood eth0 60000 200 --pps 20000
stop INT
check "-G: nothing is lost, doubled or moved while packets come fast" \
	numbered 60000 $(ls -v "$TMP"/busy/*.pcap)
is "$(figure dropped)" 0 "-G: nor dropped"

mkdir "$TMP/three"
start "$A" capture -i eth0 -w "$TMP/three/%s.pcap" -G 1 -W 3
finish
is "$STATUS" 0 "-G -W: ends by itself after its files"
is "$(ls "$TMP/three" | wc -l)" 3 "-G -W: so many, and not one more"

mkdir "$TMP/both"
start "$A" capture -i eth0 -w "$TMP/both/%s.pcap" -G 1 -C 1
traffic "$A" flood eth0 6000 1000 --pps 3000
stop INT
"$TRAFFIC" check --expect 6000 $(ls -v "$TMP"/both/*) >"$TMP/line"
is "$(found missing <"$TMP/line") $(found duplicates <"$TMP/line")" "0 0" "-C -G: all packets are there"
if [ "$(ls "$TMP/both" | wc -l)" -ge 7 ]; then ok "-C -G: both turn files over"; else not_ok "-C -G: both turn files over" "$(ls "$TMP/both")"; fi

# The next file has the same name, while the one before may still be on its way to the disk.
mkdir "$TMP/same"
start "$A" capture -i eth0 -w "$TMP/same/f.pcap" -C 300k -W 1
for size in 1400 60 700 1000; do traffic "$A" flood eth0 3000 $size; done
stop INT
is "$STATUS" 0 "-C -W 1: ends with status 0"
check "-C -W 1: the one file is readable and in order" "$TRAFFIC" check "$TMP/same/f.pcap"
is "$(find "$TMP/same" -size +302k)" "" "-C -W 1: and holds nothing of those before"
start "$A" capture -i eth0 -w "$TMP/same/g.pcap" -G 1
traffic "$A" flood eth0 20000 1000 --pps 10000
stop INT
is "$STATUS" 0 "-G without %: ends with status 0"
check "-G without %: the file is readable and in order" "$TRAFFIC" check "$TMP/same/g.pcap"

mkdir "$TMP/ng"
start "$A" capture -i eth0 -w "$TMP/ng/f.pcapng" -C 1
traffic "$A" flood eth0 3000 1000 --pps 20000
stop INT
check "pcapng: each file stands for itself" numbered 3000 $(ls -v "$TMP"/ng/*)

# If a command fails, a message names it, and the capture goes on.
mkdir "$TMP/fail"
start "$A" capture -i eth0 -w "$TMP/fail/f.pcap" -C 1 -z false
traffic "$A" flood eth0 2500 1000 --pps 20000
stop INT
is "$STATUS" 0 "-z: a command that fails does not end the capture"
like "$(cat "$ERR")" "^skwatch: .*false .*f\.pcap.*: exited with status 1" "-z: but is reported"
check "-z: all packets are there" numbered 2500 $(ls -v "$TMP"/fail/*)

mkdir "$TMP/missing"
start "$A" capture -i eth0 -w "$TMP/missing/f.pcap" -C 1 -z "$TMP/no-such-command"
traffic "$A" flood eth0 2500 1000 --pps 20000
stop INT
like "$(cat "$ERR")" "^skwatch: .*no-such-command.*No such file" "-z: one that is not there is reported"
check "-z: and costs no packet" numbered 2500 $(ls -v "$TMP"/missing/*)
done_testing
