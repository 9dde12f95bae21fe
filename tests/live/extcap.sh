#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tshark lists skwatch's interfaces and captures with them. Each capture ends quietly: by a signal, by
# a reader that goes away, by tshark's own limits.
. "${srcdir:?}/tests/live/lib.sh"
need root tshark capinfos python3
pair

# sender NAME PORT: a process of this name in $A that goes on sending UDP to the port. Sets $SENDER.
sender() {
	nsenter --net="/run/netns/$A" python3 -c 'import socket, sys, time
open("/proc/self/comm", "w").write(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    s.sendto(b"hello", ("10.77.0.2", int(sys.argv[2])))
    print("ready", flush=True)
    time.sleep(0.02)' "$1" "$2" >"$TMP/sender.$2" 2>&1 &
	SENDER=$!
	STARTED+=("$SENDER")
	wait_for_line "$TMP/sender.$2" "$SENDER" '^ready$' || bail "no sender: $(cat "$TMP/sender.$2")"
}
sender other 7100
sender 'a{b}' 7200
sender chosen 7000

unlike() { # TEXT EXTENDED-REGEX NAME
	if grep -Eq -- "$2" <<<"$1"; then not_ok "$3" "got: $1"; else ok "$3"; fi
}

# ---- the questions ----

run --extcap-interfaces --extcap-version=4.0
is "$STATUS" 0 "the list of interfaces: status 0"
like "$(cat "$OUT")" '^extcap \{version=[0-9.]+\}\{display=skwatch\}$' "the program tells its version"
like "$(cat "$OUT")" '^interface \{value=skwatch-any\}\{display=skwatch: any\}$' "any is in the list"
like "$(cat "$OUT")" '^interface \{value=skwatch-processes\}\{display=skwatch: processes\}$' \
	"and processes"
like "$(cat "$OUT")" '^interface \{value=skwatch-lo\}\{display=skwatch: lo\}$' "each interface is in the list"
run --extcap-dlts --extcap-interface skwatch-lo
is "$(cat "$OUT")" "dlt {number=1}{name=EN10MB}{display=Ethernet}" "an interface has a link type"
run --extcap-config --extcap-interface skwatch-any
is "$(grep -c '^arg {number=' "$OUT")" 6 "the settings are listed"
is "$(sed -n 's/^arg {number=\([0-9]*\)}.*/\1/p' "$OUT" | xargs)" "0 1 2 3 4 5" "with their numbers"
run --extcap-config --extcap-interface skwatch-processes
is "$(grep -c '^arg {number=' "$OUT")" 10 "processes have more settings"
like "$(cat "$OUT")" "^value \{arg=0\}\{value=$SENDER\}\{display=chosen \[$SENDER\]\}" \
	"a process with a socket is a value"
like "$(cat "$OUT")" "\{display=a_b_ \[" "a brace in its name does not end the sentence"
is "$(grep -c "{value=$$}" "$OUT")" 0 "a process without one is none"

run --extcap-config --extcap-interface skwatch-processes --extcap-reload-option pid --pid x yes
is "$STATUS $(grep -c '^arg' "$OUT") $(grep -c "{value=$SENDER}" "$OUT")" "0 0 1" \
	"the values are listed again, whatever the others are"
run --extcap-config --extcap-interface skwatch-lo --extcap-reload-option --pid
is "$STATUS $(cat "$OUT")" "0 " "an interface without this setting has no values"
run --extcap-interface skwatch-lo --extcap-capture-filter 'inbound and tcp port 80'
is "$STATUS $(cat "$OUT")" "0 " "a filter that is right gives no answer"
run --extcap-interface skwatch-lo --extcap-capture-filter 'tcp prt 80'
is "$STATUS" 0 "a wrong filter: status 0"
like "$(cat "$OUT")" "can't parse filter" "a wrong filter: the answer tells why"
run --capture --extcap-interface skwatch-none --fifo "$TMP/none"
is "$STATUS $(cat "$ERR")" "2 skwatch: skwatch-none: no such interface; see --extcap-interfaces" \
	"an interface that is not there is refused"
run --capture --extcap-interface skwatch-lo
is "$STATUS $(cat "$ERR")" "2 skwatch: give --fifo FILE" "a capture without a pipe is refused"
# refused MESSAGE OPTION...: a setting that is refused before anything is made.
refused() {
	local message=$1
	shift
	run --capture --extcap-interface skwatch-processes --fifo "$TMP/none" "$@"
	is "$STATUS $(grep -c "^skwatch: $message" "$ERR") $(wc -l <"$ERR")" "2 1 1" "refused: $message"
}
refused 'skwatch-processes: no process is chosen: '
refused 'skwatch-processes: no process is chosen: ' --pid '' --comm '' --cgroup ''
refused '--pid: "x" is not the number of a process' --pid 1,x
refused '--comm: the name is empty' --comm chosen,,other
refused '--pid 4194999: no such process' --pid 4194999
refused '--cgroup /none: no such cgroup' --cgroup /none
refused '--children are those of a process: ' --comm chosen --children
is "$(ls "$TMP/none" 2>/dev/null)" "" "and nothing is made"
run --extcap-interfaces word
is "$STATUS" 2 "an argument is refused"

# ---- a capture ----

# capture NAME OPTION...: starts one whose pipe is read into $TMP/NAME by $READER.
capture() {
	local name=$1
	shift
	mkfifo "$TMP/$name.fifo"
	cat "$TMP/$name.fifo" >"$TMP/$name" &
	READER=$!
	STARTED+=("$READER")
	launch "$A" --capture --fifo "$TMP/$name.fifo" --extcap-interface "$@"
	# The head of the file comes when everything runs.
	becomes test -s "$TMP/$name" || bail "no capture: $(cat "$ERR")"
}

capture both skwatch-eth0 --extcap-capture-filter 'udp and not portrange 7000-7200' --filter 'less 200' --snapshot-length 60
traffic "$A" flood eth0 10 100
traffic "$A" flood eth0 10 300
stop TERM
wait "$READER"
is "$STATUS" 0 "SIGTERM: ends with status 0"
is "$(cat "$ERR")" "" "SIGTERM: nothing is said"
is "$(tshark -r "$TMP/both" -T fields -e frame.len -e frame.cap_len 2>/dev/null | sort | uniq -c | xargs)" \
	"10 100 60" "the pipe has the packets that both filters want, cut to the snapshot length"
check "capinfos reads them" capinfos "$TMP/both"

capture left skwatch-any
kill "$READER"
wait "$READER" 2>/dev/null
finish
is "$STATUS" 0 "the reader leaves while no packet comes: ends with status 0"
is "$(cat "$ERR")" "" "and nothing is said"

# fails NAME REASON OPTION...: a capture that does not begin lets its reader go.
fails() {
	local name=$1 reason=$2
	shift 2
	mkfifo "$TMP/wrong"
	cat "$TMP/wrong" >"$TMP/wrong.out" &
	READER=$!
	STARTED+=("$READER")
	launch "$A" --capture --extcap-interface skwatch-eth0 --fifo "$TMP/wrong" "$@"
	finish
	is "$STATUS" 2 "a capture with $name fails"
	like "$(cat "$ERR")" "$reason" "and tells why"
	check "and its reader does not wait for ever" timeout $PATIENCE "$TRAFFIC" gone "$READER"
	rm "$TMP/wrong"
}
fails "a wrong filter" "can't parse filter" --extcap-capture-filter 'tcp prt'
fails "a wrong setting" '^skwatch: --snapshot-length: ' --snapshot-length 0

# ---- tshark ----

folder=$(tshark -G folders 2>/dev/null | sed -n 's/^Extcap path:[[:space:]]*//p')
if [ ! -d "$folder" ]; then
	skip "tshark captures" "tshark has no folder for extcap programs"
	done_testing
fi
mkdir "$TMP/extcap"
ln -s "$SKWATCH" "$TMP/extcap/skwatch"

# shark NAME OPTION...: tshark in $A with our folder in the place of its own.
shark() {
	local name=$1
	shift
	ERR=$TMP/$name.err
	: >"$TMP/$name.out" >"$ERR"
	ip netns exec "$A" "${as_typed[@]}" TMPDIR="$TMP" sh -c 'mount --bind "$0" "$1" && shift && exec tshark "$@"' \
		"$TMP/extcap" "$folder" "$@" >"$TMP/$name.out" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
}

# Whether skwatch runs in $A, the keeper included.
is_running() { ip netns pids "$A" | xargs -r ps -o comm= -p | grep -q '^skwatch'; }
is_gone() { ! is_running; }
gone() { if becomes is_gone; then ok "skwatch has ended"; else not_ok "skwatch has ended"; fi; }

shark list -D
finish
like "$(cat "$TMP/list.out")" '^[0-9]+\. skwatch-any \(skwatch: any\)$' "tshark -D lists skwatch: any"
like "$(cat "$TMP/list.out")" '^[0-9]+\. skwatch-eth0 \(skwatch: eth0\)$' "tshark -D lists each interface"

ip netns exec "$A" ping -q -i 0.05 10.77.0.2 >/dev/null &
STARTED+=($!)

shark twenty -i skwatch-any -f icmp -c 20 -w "$TMP/twenty.pcapng"
finish
is "$STATUS" 0 "tshark -c 20 ends with status 0"
is "$(tshark -r "$TMP/twenty.pcapng" -Y icmp 2>/dev/null | wc -l)" 20 "and has 20 packets"
unlike "$(cat "$ERR")" extcap "skwatch says nothing"
gone

# by NAME PREFERENCE:VALUE...: 10 packets of skwatch-processes with these settings.
by() {
	local name=$1 settings=()
	shift
	for setting; do settings+=(-o "extcap.skwatch_processes.$setting"); done
	shark "$name" -i skwatch-processes -c 10 -w "$TMP/$name.pcapng" "${settings[@]}"
	finish
	is "$STATUS $(tshark -r "$TMP/$name.pcapng" -Y 'udp.port == 7000' 2>/dev/null | wc -l)" "0 10" \
		"skwatch-processes has the packets of $name and no others"
	unlike "$(cat "$ERR")" extcap "skwatch says nothing"
}
by one-process "pid:$SENDER"
by a-name "comm:nobody,chosen"
gone
shark nobody -i skwatch-processes
finish
isnt "$STATUS" 0 "skwatch-processes without a setting fails"

shark late -i skwatch-eth0 -c 20 -o "extcap.skwatch_eth0.keylog:$TMP/late"
finish
is "$STATUS" 0 "a key log that is not there: status 0"
unlike "$(cat "$ERR")" extcap "it is no failure"

shark stopped -l -i skwatch-eth0
wait_for_line "$TMP/stopped.out" "$PID" ICMP && ok "packets come at once"
stop
is "$STATUS" 0 "tshark that is stopped ends with status 0"
unlike "$(cat "$ERR")" extcap "skwatch says nothing"
gone

shark killed -l -i skwatch-eth0
wait_for_line "$TMP/killed.out" "$PID" ICMP || not_ok "packets come"
stop KILL 2>/dev/null
if becomes is_gone; then ok "skwatch ends when tshark was killed"; else not_ok "skwatch ends when tshark was killed"; fi

shark wrong -i skwatch-eth0 -f 'icm p'
finish
isnt "$STATUS" 0 "tshark with a wrong filter fails"
# tshark shows the reason only if it reads it before it sees the end, so it is asked without tshark.
mkfifo "$TMP/wrong"
run --capture --extcap-interface skwatch-lo --fifo "$TMP/wrong" --extcap-capture-filter 'icm p'
like "$(cat "$ERR")" "can't parse filter expression" "and skwatch says why"

# ---- another user, and capabilities on the file ----

if ! command -v setcap >/dev/null || ! command -v setpriv >/dev/null; then
	skip "a user with capabilities captures" "setcap or setpriv is not installed"
	done_testing
fi
if ! setpriv --reuid 54321 --regid 54321 --clear-groups test -x "$(command -v dumpcap)"; then
	skip "a user with capabilities captures" "only some users may run dumpcap"
	done_testing
fi
rm "$TMP/extcap/skwatch"
install -m 755 "$SKWATCH" "$TMP/extcap/skwatch"
mkdir "$TMP/theirs"
chown 54321 "$TMP/theirs"

# theirs NAME OPTION...: the same as a user without privileges.
theirs() {
	local name=$1
	shift
	ERR=$TMP/$name.err
	: >"$TMP/$name.out" >"$ERR"
	ip netns exec "$A" "${as_typed[@]}" HOME="$TMP/theirs" TMPDIR="$TMP/theirs" sh -c 'mount --bind "$0" "$1" && shift && exec setpriv \
		--reuid 54321 --regid 54321 --clear-groups tshark "$@"' \
		"$TMP/extcap" "$folder" "$@" >"$TMP/$name.out" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
}
theirs none -i skwatch-eth0 -c 20
finish
isnt "$STATUS" 0 "without capabilities a user can't capture"
mkfifo "$TMP/theirs/pipe"
like "$(timeout "$PATIENCE" ip netns exec "$A" setpriv --reuid 54321 --regid 54321 --clear-groups \
	"$TMP/extcap/skwatch" --capture --extcap-interface skwatch-eth0 --fifo "$TMP/theirs/pipe" 2>&1)" \
	'skwatch: .*CAP_' "and skwatch says which are missing"
if setcap cap_bpf,cap_perfmon,cap_net_raw,cap_net_admin+ep "$TMP/extcap/skwatch"; then
	theirs some -i skwatch-eth0 -c 20 -w "$TMP/theirs/f.pcapng"
	finish
	is "$STATUS" 0 "with capabilities on the file a user captures"
	is "$(tshark -r "$TMP/theirs/f.pcapng" 2>/dev/null | wc -l)" 20 "and has 20 packets"
	gone
else
	skip "a user with capabilities captures" "files can't have capabilities here"
fi
done_testing
