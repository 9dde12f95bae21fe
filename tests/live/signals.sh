#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Signals end a capture properly, print its figures, or are ignored.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
pair

for signal in INT TERM HUP; do
	start "$A" capture -i eth0 -w "$TMP/$signal.pcap"
	traffic "$A" flood eth0 100 100
	stop $signal
	is "$STATUS" 0 "SIG$signal ends with status 0"
	is "$(figure captured) $(figure seen) $(figure dropped)" "100 100 0" "SIG$signal prints the figures"
	check "SIG$signal leaves the file complete" numbered 100 "$TMP/$signal.pcap"
done

start "$A" capture -i eth0 -w "$TMP/usr1.pcap"
traffic "$A" flood eth0 100 100
kill -USR1 "$PID"
if wait_for_line "$ERR" "$PID" '^(skwatch: )?100 packets captured'; then
	ok "SIGUSR1 prints the figures so far"
else
	not_ok "SIGUSR1 prints the figures so far"
fi
traffic "$A" flood eth0 100 100 --sender 1
stop INT
is "$STATUS" 0 "and the capture goes on"
check "to its end" numbered 200 "$TMP/usr1.pcap"
is "$(lines_like "$ERR" '^(skwatch: )?200 packets captured')" 1 "with its own figures"

# On Ctrl-C a terminal sends the signal to both processes.
start "$A" capture -i eth0 -w "$TMP/group.pcap"
traffic "$A" flood eth0 100 100
kill -INT "$(keeper_of "$PID")"
kill -INT "$PID"
finish
is "$STATUS" 0 "Ctrl-C reaches both halves: ends with status 0"
check "and the file is complete" numbered 100 "$TMP/group.pcap"

# Two signals come at once, as when a session is closed. The file must be complete all the same.
start "$A" capture -i eth0 -w "$TMP/twice.pcap"
traffic "$A" flood eth0 100 100
kill -STOP "$PID"
kill -TERM "$PID"
kill -HUP "$PID"
kill -CONT "$PID"
finish
is "$STATUS" 0 "SIGTERM and SIGHUP at once: ends with status 0"
check "SIGTERM and SIGHUP at once: the file is complete" numbered 100 "$TMP/twice.pcap"

# A -z command that does not end: a second Ctrl-C ends it, and the file is complete all the same.
mkfifo "$TMP/told" "$TMP/never"
exec {told}<>"$TMP/told"
cat >"$TMP/slow" <<-'END'
	#!/bin/sh
	echo started >"${0%/*}/told"
	exec cat "${0%/*}/never"
END
chmod 755 "$TMP/slow"
start "$A" capture -i eth0 -w "$TMP/slow.pcap" -C 1 -z "$TMP/slow"
keeper=$(keeper_of "$PID")
traffic "$A" flood eth0 1500 1000
IFS= read -r -t $PATIENCE -u "$told" said
is "$said" started "a command runs"
kill -INT "$keeper" "$PID"
wait_for_line "$ERR" "$PID" '1500 packets captured'
# No event tells when the keeper begins to wait for its commands, so the signal is sent again and
# again. The worker must not get these, as a signal that comes a second after the first ends it hard.
deadline=$((SECONDS + PATIENCE))
until timeout 0.2 "$TRAFFIC" gone "$keeper" || [ $SECONDS -ge $deadline ]; do
	kill -INT "$keeper" 2>/dev/null
done
finish
is "$STATUS" 0 "Ctrl-C again ends a command that does not end: status 0"
like "$(cat "$ERR")" '^skwatch: .*slow.*: killed by signal 2' "and says so"
check "and the files are complete" numbered 1500 "$TMP/slow.pcap" "$TMP/slow.pcap1"

# nohup starts programs with SIGHUP ignored.
ERR=$TMP/err.nohup
: >"$ERR"
ip netns exec "$A" env --default-signal=INT --ignore-signal=HUP "$SKWATCH" capture -i eth0 -w "$TMP/nohup.pcap" \
	>/dev/null 2>"$ERR" </dev/null &
PID=$!
STARTED+=("$PID")
wait_for_line "$ERR" "$PID" '^skwatch: listening on ' || not_ok "starts under nohup"
kill -HUP "$PID"
traffic "$A" flood eth0 100 100
stop INT
is "$STATUS" 0 "a SIGHUP that was ignored stays so"
check "and the capture went on" numbered 100 "$TMP/nohup.pcap"

# A capture that prints lines.
start "$A" capture -i eth0
traffic "$A" flood eth0 100 100
stop INT
is "$STATUS" 0 "lines: ends with status 0"
is "$(wc -l <"$OUT")" 100 "lines: with each packet on the screen"
done_testing
