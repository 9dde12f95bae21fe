#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch capture -- COMMAND: the command's packets from the first to the last, its status, its
# signals, and its cgroup.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_owners.sh"
need root python3
pair
six

mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
[ -n "$mount" ] || { mount=$TMP/cgroup && mkdir "$mount" && mount -t cgroup2 none "$mount" &&
	MOUNTS+=("$mount"); }
# The cgroup is named after skwatch's process, which is $PID.
has_cgroup() { [ -n "$(find "$mount" -type d -name "skwatch.$PID")" ]; }
has_no_cgroup() { ! has_cgroup; }

# command ARGUMENTS...: skwatch capture in A, until it has ended by itself.
command_ends() {
	launch "$A" capture "$@"
	finish
}

owned server "$B" serve :: 8000 fork

# ---- beside a flood ----
inside "$A" "$TRAFFIC" flood eth0 2000000 100 >/dev/null 2>&1 &
flood=$!
STARTED+=("$flood")
start "$A" capture -i eth0 -w "$REFERENCE" port 8000
reference=$PID reference_err=$ERR
command_ends -i eth0 -w "$TMP/own.pcapng" -- sh -c \
	'python3 "$0" talk 10.77.0.2 8000 3; exec python3 "$0" talk fd77::2 8000 3' "$OWNED"
is "$STATUS" 0 "ends with the command"
own_err=$ERR
check "the flood went on all the time" kill -0 $flood
kill -KILL $flood
PID=$reference ERR=$reference_err
stop
ERR=$own_err
exactly "flood" "port 8000"
like "$(lines_of "$TMP/own.pcapng" 'tcp[13] = 2')" 'Flags \[S\]' "the first packet is there"
is "$(count_of "$TMP/own.pcapng" 'tcp and (tcp[13] & 1 != 0 or ip6[53] & 1 != 0)')" 12 "and each FIN"
is "$(figure captured)" "$(count_of "$TMP/own.pcapng" "")" "nothing else was copied"
[ "$(sed -nE 's/.*\(([0-9]+) rejected.*/\1/p' "$ERR")" -gt 1000 ] &&
	ok "the flood was rejected" || not_ok "the flood was rejected"

# ---- with a filter, and to a peer that closes first ----
command_ends -i eth0 -w "$TMP/own.pcapng" udp -- python3 "$OWNED" talk 10.77.0.2 8000 2
is "$(count_of "$TMP/own.pcapng" tcp)" 0 "a filter stands before --"
is "$(count_of "$TMP/own.pcapng" udp)" 8 "and its packets are there"

# ---- status, standard input and output ----
command_ends -w "$TMP/own.pcapng" -- sh -c 'exit 7'
is "$STATUS" 7 "the command's exit status"
# shellcheck disable=SC2016
command_ends -w "$TMP/own.pcapng" -- sh -c 'kill -KILL $$'
is "$STATUS" 137 "that of a command that was killed"
said=$(echo words | inside "$A" "$SKWATCH" capture -w "$TMP/own.pcapng" -- cat 2>/dev/null)
is "$said" words "standard input and output are the command's"
# shellcheck disable=SC2016
said=$(inside "$A" "$SKWATCH" capture -w "$TMP/own.pcapng" -- sh -c \
	'id -u; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; ls /proc/self/fd | wc -l' 2>/dev/null)
is "$said" "$(sh -c 'id -u; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; ls /proc/self/fd | wc -l')" \
	"it has the user, privileges and descriptors that it would have without skwatch"
printf '#!/nothing/here\n' >"$TMP/broken" && chmod +x "$TMP/broken"
command_ends -w "$TMP/own.pcapng" -- "$TMP/broken"
is "$STATUS" 1 "a command that can't be started: status 1"
like "$(cat "$ERR")" "^skwatch: $TMP/broken: No such file or directory" "and the reason"
command_ends -w "$TMP/nowhere/x.pcapng" -- touch "$TMP/ran"
is "$STATUS" 1 "a capture that can't begin: status 1"
[ ! -e "$TMP/ran" ] && ok "and the command does not run" || not_ok "the command does not run"
becomes has_no_cgroup && ok "no cgroup is left" || not_ok "no cgroup is left"

# A pipe in which nothing ever comes. It has a name because bash forgets a trap whose signal comes
# while it reads a <(...).
mkfifo "$TMP/quiet"

# ---- limits ----
# shellcheck disable=SC2016
launch "$A" capture -i eth0 -c 1 -w "$TMP/own.pcapng" -- bash -c \
	'python3 "$0" talk 10.77.0.2 8000 2; until [ -e "$1" ]; do read -r -t 0.1 <>"$2"; done; exit 3' \
	"$OWNED" "$TMP/told" "$TMP/quiet"
wait_for_line "$ERR" "$PID" '^skwatch: the capture has ended; waiting for bash'
touch "$TMP/told"
finish
is "$STATUS" 3 "after -c the command goes on, and its status is kept"
is "$(count_of "$TMP/own.pcapng" "")" 1 "with one packet"
like "$(cat "$ERR")" '^skwatch: the capture has ended; waiting for bash' "which is told"

# ---- signals ----
# shellcheck disable=SC2016
launch "$A" capture -w "$TMP/own.pcapng" -- bash -c \
	'trap "exit 9" TERM; echo up; while :; do read -r -t 1 <>"$0"; done' "$TMP/quiet"
wait_for_line "$OUT" "$PID" '^up'
stop TERM
is "$STATUS" 9 "a signal goes to the command"
# shellcheck disable=SC2016
launch "$A" capture -w "$TMP/own.pcapng" -- bash -c \
	'trap "echo heard" TERM; echo up; while ! [ -e "$0" ]; do read -r -t 0.1 <>"$1"; done; exit 4' \
	"$TMP/go" "$TMP/quiet"
wait_for_line "$OUT" "$PID" '^up'
kill -TERM "$PID"
wait_for_line "$OUT" "$PID" '^heard' # two signals at once would be one
kill -TERM "$PID"
wait_for_line "$ERR" "$PID" 'waiting for bash'
touch "$TMP/go"
finish
is "$STATUS" 4 "the second one ends the capture"
cat >"$TMP/typed.py" <<'END'
import os, pty, signal, sys
pid, fd = pty.fork()
if pid == 0:
    # As a job in the background of a script the test has them ignored, and so would the command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    os.execvp(sys.argv[2], sys.argv[2:])
said = b''
while b'up' not in said:
    said += os.read(fd, 1000)
os.write(fd, bytes([int(sys.argv[1])]))
try:
    while os.read(fd, 1000):
        pass
except OSError:
    pass
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
for typed in 3:INT 28:QUIT; do
	# shellcheck disable=SC2016
	said=$(inside "$A" python3 "$TMP/typed.py" ${typed%:*} "$SKWATCH" capture \
		-w "$TMP/own.pcapng" -- sh -c \
		'trap "exit 5" "$0"; echo u"p"; while :; do read -r x; done' ${typed#*:} 2>&1)
	is "$said" 5 "SIG${typed#*:} of the terminal is the command's"
done

# ---- the cgroup ----
launch "$A" capture -w "$TMP/own.pcapng" -- sh -c 'sleep 1000 & echo $!; mkdir -p "$0"/$(ls "$0" | grep skwatch)/inner 2>/dev/null; exit 0' "$mount"
finish
daemon=$(cat "$OUT")
is "$STATUS" 0 "a process that stays behind does not hold the end up"
check "it lives" kill -0 "$daemon"
kill -KILL "$daemon"
becomes has_no_cgroup && ok "the cgroup is removed all the same" || not_ok "the cgroup is removed"
launch "$A" capture -w "$TMP/own.pcapng" -- sh -c 'echo up; read -r x; exec sleep 1000' </dev/null
wait_for_line "$OUT" "$PID" '^up'
has_cgroup && ok "while it runs the command has a cgroup" || not_ok "a cgroup while it runs"
kill -KILL "$(keeper_of "$PID")" "$PID"
finish
has_cgroup && ok "after SIGKILL of skwatch the command goes on" || not_ok "the command goes on"
kill -KILL "$(cat "$(find "$mount" -type d -name "skwatch.$PID")/cgroup.procs")"
becomes has_no_cgroup && ok "and the cgroup goes with it" || not_ok "the cgroup goes with it"

# ---- mistakes ----
mistake() { # REGEX ARGUMENTS...
	local like=$1
	shift
	run capture "$@"
	is "$STATUS" 2 "$*: ends with status 2"
	like "$(cat "$ERR")" "^skwatch: $like" "$*: tells why"
	[ ! -e "$TMP/never.pcap" ] || not_ok "$*: creates a file"
}
mistake 'nothing-here: no such command' -w "$TMP/never.pcap" -- nothing-here
mistake '--: a command must follow' -w "$TMP/never.pcap" --
mistake '-- COMMAND captures its own packets' -w "$TMP/never.pcap" --pid 1 -- true
mistake '-w - writes packets to standard output, where' -w - -- true
mistake '-r reads a file: it runs no command' -r x -- true

done_testing
