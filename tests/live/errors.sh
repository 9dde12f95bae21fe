#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Errors before the first packet: each gives one line and the right status, and no file is created,
# emptied or changed.
. "${srcdir:?}/tests/live/lib.sh"
need root
pair
mkdir "$TMP/work" && cd "$TMP/work" || bail "no directory"

echo precious >kept
echo 'no filter at all ((' >filter
mkdir directory
printf 'not a capture' >garbage.pcap
: >empty.pcap
printf '\3757zXZ\0\0\4' >packed.xz
printf '\4"M\30d@\247' >packed.lz4
start "$A" capture -i eth0 -w whole.pcap
traffic "$A" flood eth0 10 100
stop INT
head -c 500 whole.pcap >cut.pcap
before=$(ls -lR --time-style=full-iso)

# refused STATUS REGEX ARGUMENTS...: a capture in the namespace, which may change nothing in this
# directory.
refused() {
	local want=$1 regex=$2 name
	shift 2
	name="capture $*"
	ERR=$TMP/said.err
	inside "$A" "$SKWATCH" capture "$@" >"$TMP/said.out" 2>"$ERR" </dev/null
	local status=$? lines
	lines=$(wc -l <"$ERR")
	if [ $status -ne "$want" ]; then
		not_ok "$name" "status $status, not $want"
	elif [ "$lines" -ne 1 ]; then
		not_ok "$name" "$lines lines"
	elif ! grep -Eq "^skwatch: .*$regex" "$ERR"; then
		not_ok "$name" "no line like: $regex"
	elif [ "$(ls -lR --time-style=full-iso)" != "$before" ]; then
		not_ok "$name" "files have changed:" "$(diff <(echo "$before") <(ls -lR --time-style=full-iso))"
	else
		ok "$name: status $want, one line, nothing touched"
	fi
}

# Wrong arguments.
refused 2 'no-such-option' --no-such-option
refused 2 'j' -j
refused 2 '' -i
refused 2 'syntax' -i eth0 -w kept 'no filter at all (('
refused 2 'syntax' -i eth0 -w new.pcap 'tcp port port'
refused 2 '' -i eth0 -w kept 'ether host 1.2.3.4.5'
refused 2 'syntax' -i eth0 -w kept -F filter
refused 2 'nothere' -i eth0 -w kept -F nothere
refused 2 '' -i eth0 -w kept -c many
refused 2 '' -i eth0 -w kept -c -1
refused 2 '' -i eth0 -w kept -s 262145
refused 2 '' -i eth0 -w kept -s x
refused 2 '' -i eth0 -w kept --duration yesterday
refused 2 '' -i eth0 -w kept -C 0x
refused 2 '' -i eth0 -w kept -G soon
refused 2 '' -i eth0 -w kept -Q sideways
refused 2 '' -i eth0 -w kept -y NO_SUCH_LINK
refused 2 '' -i eth0 -w kept --format docx
refused 2 '' -i eth0 -w kept --time-precision pico
refused 2 '' -i eth0 -w kept --rings many
refused 2 '' -i eth0 -w kept --ring-size 1Z
refused 2 'no such user' -i eth0 -w kept -Z no-such-user
refused 2 '' -i eth0 -C 1
refused 2 '' -i eth0 -z true -w kept
refused 2 '' -r whole.pcap -w whole.pcap
refused 2 '' -r whole.pcap -i eth0

# Right arguments that name things which do not exist or cannot be used.
refused 1 'nosuch0.*(No such device|no such)' -i nosuch0 -w kept
refused 1 'nosuch0' -i eth0 -i nosuch0 -w kept
refused 1 'Is a directory|is a directory' -i eth0 -w directory
refused 1 'No such file' -i eth0 -w nowhere/file.pcap
refused 1 'No such file' -i eth0 -w nowhere/file.pcapng
ip -n "$A" link add down0 type veth peer name down1
refused 1 'down0' -i down0 -w kept

# Files that are no captures.
refused 1 'No such file' -r nothere.pcap
refused 1 'directory' -r directory
refused 1 'garbage.pcap' -r garbage.pcap
for kind in xz lz4; do
	refused 1 "packed.$kind: compressed with $kind, .*: use .$kind -dc FILE" -r packed.$kind
done
refused 1 'empty.pcap' -r empty.pcap
refused 2 'syntax' -r whole.pcap -w kept 'tcp port port'

# A file that was cut: its packets are printed, and then the error.
inside "$A" "$SKWATCH" capture -r cut.pcap >"$TMP/said.out" 2>"$TMP/said.err"
is "$?" 1 "a cut file: status 1"
is "$(wc -l <"$TMP/said.out")" 4 "a cut file: the packets before the cut are printed"
is "$(grep -c '^skwatch: cut.pcap: ' "$TMP/said.err")" 1 "a cut file: and one line says that it is"

# The input must not be written to either where only a name of the rotation leads to it.
cp whole.pcap ring0
"$SKWATCH" capture -r ring0 -w ring -C 1 -W 2 >"$TMP/said.out" 2>"$TMP/said.err"
is "$?" 1 "-r: a ring over the input: status 1"
cmp -s whole.pcap ring0
is "$?" 0 "-r: a ring over the input: which stays as it was"

# Neither a command nor an option that exists.
for words in "" "no-such-command" "--no-such-option"; do
	"$SKWATCH" $words >"$TMP/said.out" 2>"$TMP/said.err"
	is "$? $(wc -l <"$TMP/said.err") $(wc -c <"$TMP/said.out")" "2 1 0" "skwatch $words: status 2, one line"
done
"$SKWATCH" --help >"$TMP/said.out" 2>"$TMP/said.err"
is "$? $(wc -c <"$TMP/said.err")" "0 0" "--help is no error"
"$SKWATCH" capture --help >"$TMP/said.out" 2>"$TMP/said.err"
is "$? $(wc -c <"$TMP/said.err")" "0 0" "capture --help is none either"
is "$("$SKWATCH" --version | head -n 1 | cut -d' ' -f1)" skwatch "--version tells the name"
done_testing
