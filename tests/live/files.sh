#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Several files are read one after the other, as if they were one.
. "${srcdir:?}/tests/live/lib.sh"
need tcpdump tshark
samples=$(realpath "${srcdir:?}/pcap-samples")
SKWATCH=$(realpath "$SKWATCH")
TRAFFIC=$(realpath "$TRAFFIC")
cd "$TMP" || bail "no directory"

cp "$samples/tcp-ipv4-session.pcap" a.pcap
cp "$samples/icmp-echo.pcap" b.pcap
"$SKWATCH" capture -r a.pcap -w 'c d.pcapng.gz' 2>/dev/null
lines_of() { tcpdump -nn -r "$1" 2>/dev/null; }
lines_of a.pcap >a.lines
lines_of b.pcap >b.lines
cat a.lines b.lines a.lines >want
count=$(wc -l <want)
printf '%s\n' a.pcap b.pcap '' 'c d.pcapng.gz' >list

run capture -r a.pcap -r b.pcap -r 'c d.pcapng.gz'
is "$STATUS" 0 "-r -r -r: status 0"
check "-r -r -r: the lines of the files in their order" cmp "$OUT" want
is "$(lines_like "$ERR" '^skwatch: reading from [ab]\.pcap, link-type EN10MB')" 2 "-r -r -r: the pcap files are named"
run capture -V list
is "$STATUS" 0 "-V: status 0"
check "-V: the same from a list" cmp "$OUT" want
# tcpdump reads no compressed files, and does not skip empty lines.
printf '%s\n' a.pcap b.pcap a.pcap >theirs.list
tcpdump -nn -V theirs.list >theirs 2>/dev/null
check "-V: as tcpdump prints them" cmp theirs want
"$SKWATCH" capture -V - <list >out 2>/dev/null
check "-V -: the list comes from standard input" cmp out want
"$SKWATCH" capture -r a.pcap -r - -r a.pcap <b.pcap >out 2>/dev/null
check "-r -: standard input is one of the files" cmp out want

run capture -V list --count
is "$(cat "$OUT")" "$count packets" "--count: counts the packets of all"
run capture -V list -c $(($(wc -l <a.lines) + 1))
check "-c: counts the packets of all" cmp "$OUT" <(head -n $(($(wc -l <a.lines) + 1)) want)
run capture -V list icmp
is "$(wc -l <"$OUT")" "$(lines_like want ICMP)" "a filter applies to all"

run capture -V list -w all.pcap
is "$STATUS" 0 "-w: status 0"
check "-w: one file has the packets of all" cmp <(lines_of all.pcap) want
run capture -V list -w all.pcapng
check "-w: pcapng, too" cmp <(tshark -r all.pcapng -T fields -e frame.time_epoch -e frame.len 2>/dev/null) \
	<(for f in a.pcap b.pcap 'c d.pcapng.gz'; do tshark -r "$f" -T fields -e frame.time_epoch -e frame.len 2>/dev/null; done)
run capture -V list -s 60 -w cut.pcap
is "$(tshark -r cut.pcap -T fields -e frame.cap_len 2>/dev/null | sort -n | tail -n 1)" 60 "-s: cuts the packets of all"

# The second file has another link type.
cp "$samples/link-raw.pcap" raw.pcap
run capture -r a.pcap -r raw.pcap -w mixed.pcapng
is "$STATUS" 0 "link types: a pcapng file takes several"
is "$(tshark -r mixed.pcapng -T fields -e frame.encap_type 2>/dev/null | sort -u | wc -l)" 2 "link types: each under its own"
run capture -r a.pcap -r raw.pcap -w mixed.pcap
is "$STATUS" 1 "link types: a pcap file does not"
like "$(cat "$ERR")" 'a pcap file holds one link type' "link types: and that is said"
check "link types: what came before is in the file" cmp <(lines_of mixed.pcap) a.lines
run capture -r a.pcap -r raw.pcap
is "$(wc -l <"$OUT")" $(($(wc -l <a.lines) + $(lines_of raw.pcap | wc -l))) "link types: lines don't mind"

# Errors. All files are opened first.
run capture -r a.pcap -r nothere.pcap -w new.pcap
is "$STATUS $(wc -l <"$ERR") $(ls new.pcap 2>/dev/null)" "1 1 " "a file that is missing is found first"
run capture -r a.pcap -r . -w new.pcap
is "$STATUS $(wc -l <"$ERR") $(ls new.pcap 2>/dev/null)" "1 1 " "and a directory"
run capture -r a.pcap -r b.pcap -w b.pcap
is "$STATUS" 2 "no file that is read is written"
check "and it stays as it was" cmp b.pcap "$samples/icmp-echo.pcap"
cp b.pcap ring1
run capture -r a.pcap -r ring1 -C 1k -W 2 -w ring
is "$STATUS" 1 "not by a rotation either"
check "and it stays as it was" cmp ring1 b.pcap
head -c 300 b.pcap >short.pcap
run capture -r a.pcap -r short.pcap -r b.pcap
is "$STATUS" 1 "a file that was cut ends it: status 1"
like "$(tail -n 1 "$ERR")" 'short\.pcap' "and is named"
check "and what came before is printed" cmp <(head -n "$(wc -l <a.lines)" "$OUT") a.lines
yes a.pcap | head -n 200 >many
(ulimit -n 100 && "$SKWATCH" capture -V many >out 2>err)
is "$? $(wc -l <err)" "1 1" "too many files for the limit of open files: one line"
like "$(cat err)" 'may open 100 files.*ulimit -n' "which tells the limit and what to do"
run capture -V many --count
is "$(cat "$OUT")" "$((200 * $(wc -l <a.lines))) packets" "many files are read"

# One writer feeds two FIFOs in turn: opening the second must not wait for it.
mkfifo one two
(cat a.pcap >one; cat b.pcap >two) >/dev/null 2>&1 &
STARTED+=($!)
timeout $PATIENCE "$SKWATCH" capture -r one -r two >out 2>err
is "$?" 0 "FIFOs are read in their order: status 0"
check "and completely" cmp out <(cat a.lines b.lines)
run capture -d -r a.pcap -r raw.pcap icmp
is "$(cat "$OUT")" "$(tcpdump -d -r a.pcap icmp 2>/dev/null)" "-d: the filter is that for the first file"
done_testing
