#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The process that reads packets has no privileges: no capability, and no way to get one back, also
# while files rotate into another user's directory and commands run.
. "${srcdir:?}/tests/live/lib.sh"
need root tcpdump
getent passwd nobody >/dev/null || skip_all "there is no user nobody"
pair
nobody=$(id -u nobody)

# The worker of root becomes skwatch, if there is such a user, else nobody.
worker_uid=$(id -u skwatch 2>/dev/null || id -u nobody)

status() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
# powerless NAME PID: whether that process has no privileges.
powerless() {
	local set
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		is "$(status "$2" $set)" 0000000000000000 "$1: $set is empty"
	done
	is "$(status "$2" NoNewPrivs)" 1 "$1: no new privileges"
}

start "$A" capture -i eth0 -w "$TMP/root.pcap"
powerless "worker" "$PID"
is "$(status "$PID" Uid)" "$(printf "$worker_uid\t$worker_uid\t$worker_uid\t$worker_uid")" "worker: is another user"
is "$(status "$PID" Seccomp)" 2 "worker: has a filter of system calls"
keeper=$(keeper_of "$PID")
isnt "$(status "$keeper" CapEff)" 0000000000000000 "keeper: has what the worker has not"
# Directories by which files can be made are the keeper's.
directories() { find "/proc/$1/fd" -lname "$TMP" | wc -l; }
is "$(directories "$keeper") $(directories "$PID")" "1 0" "worker: has no directory open, the keeper has one"
# That holds for every thread, also for the one that writes files.
bad=
for task in /proc/"$PID"/task/*/status; do
	grep -q '^CapEff:.*0000000000000000$' "$task" || bad+="$task "
done
is "$bad" "" "worker: every thread"
traffic "$A" flood eth0 10 100
stop INT

# Descriptors of the process that started it are not the worker's.
start "$A" capture -i eth0 -w "$TMP/inherited.pcap" 7</etc/shadow
is "$(find "/proc/$PID/fd" -lname /etc/shadow | wc -l)" 0 "worker: has no descriptor that was left open"
is "$(find "/proc/$(keeper_of "$PID")/fd" -lname /etc/shadow | wc -l)" 0 "keeper: neither"
stop INT

# Only a large file is read by a thread, so a worker that has none may start none.
mkfifo "$TMP/in"
exec {in}<>"$TMP/in"
{ head -c 24 "$TMP/root.pcap" && head -c 65536 /dev/zero; } >"$TMP/large.pcap"
# waits_for_input FILE...: skwatch reads these files, and waits for more of the last one.
waits_for_input() {
	head -c 24 "$TMP/root.pcap" >&"$in"
	launch "$A" capture "${@/#/-r$TMP/}"
	wait_for_lines "$ERR" "$PID" $# '^skwatch: reading from '
}
most_processes() { sed -n 's/^Max processes *\([^ ]*\) .*/\1/p' "/proc/$PID/limits"; }
waits_for_input in
is "$(most_processes)" 0 "a pipe: the worker may start no thread"
stop INT
waits_for_input large.pcap in
like "$(most_processes)" '^([1-9]|unlimited)' "a large file: the worker may start a thread"
stop INT
exec {in}>&-

# A directory that belongs to another user and is closed to all others.
mkdir -m 700 "$TMP/theirs"
chown nobody "$TMP/theirs"
mkfifo "$TMP/fifo"
exec {closed}<>"$TMP/fifo"
chmod 622 "$TMP/fifo"
cat >"$TMP/tell" <<-'END'
	#!/bin/sh
	echo "$(id -u) $(sed -n 's/^CapEff:[[:space:]]*//p' /proc/$$/status) $1" >"${0%/*}/fifo"
END
chmod 755 "$TMP/tell"

start "$A" capture -i eth0 -w "$TMP/theirs/f.pcap" -C 1 -z "$TMP/tell"
traffic "$A" flood eth0 3500 1000 --pps 20000
IFS= read -r -t $PATIENCE -u "$closed" said
like "$said" '^0 .* .*theirs/f\.pcap[0-9]*$' "a command runs while the capture goes on"
powerless "worker, rotating" "$PID"
stop INT
is "$STATUS" 0 "rotates into another user's directory"
check "without losing a packet" numbered 3500 $(ls -v "$TMP"/theirs/*)
rm "$TMP"/theirs/*
while IFS= read -r -t 0 -u "$closed"; do IFS= read -r -u "$closed" said; done

start "$A" capture -i eth0 -w "$TMP/theirs/z.pcap" -C 1 -Z nobody -z "$TMP/tell"
powerless "-Z worker" "$PID"
is "$(status "$PID" Uid)" "$(printf "$nobody\t$nobody\t$nobody\t$nobody")" "-Z: the worker is that user"
is "$(status "$PID" Gid | cut -f1)" "$(id -g nobody)" "-Z: and in that group"
is "$(status "$PID" Groups | tr -d ' ')" "$(id -G nobody | tr -d ' ')" "-Z: and in no other"
traffic "$A" flood eth0 3500 1000 --pps 20000
IFS= read -r -t $PATIENCE -u "$closed" said
like "$said" "^$nobody 0000000000000000 .*theirs/z\.pcap[0-9]*$" "-Z: the command is that user's as well"
stop INT
is "$STATUS" 0 "-Z: ends with status 0"
check "-Z: all packets are there" numbered 3500 $(ls -v "$TMP"/theirs/*)
is "$(stat -c %U "$TMP"/theirs/* | sort -u)" nobody "-Z: the files are that user's"

launch "$A" capture -i eth0 -w "$TMP/theirs/no.pcap" -Z no-such-user
finish
is "$STATUS" 2 "-Z with an unknown user is wrong usage"
is "$(wc -l <"$ERR")" 1 "in one line"
[ -e "$TMP/theirs/no.pcap" ] && not_ok "and no file" || ok "and no file"

# The user nobody has no privileges. The message tells which are missing and how to get them.
ERR=$TMP/err.nobody
mkdir -m 777 "$TMP/open"
ip netns exec "$A" setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups "$SKWATCH" capture -i eth0 -w "$TMP/open/nobody.pcap" 2>"$ERR"
STATUS=$?
if grep -q 'Permission denied' "$ERR"; then
	skip "an ordinary user is told what is missing" "the program is where nobody can't run it"
else
	is "$STATUS" 1 "an ordinary user: status 1"
	is "$(wc -l <"$ERR")" 1 "an ordinary user: one line"
	like "$(cat "$ERR")" 'CAP_BPF.*CAP_NET_RAW.*CAP_NET_ADMIN.*CAP_PERFMON.*setcap cap_bpf,cap_net_raw,cap_net_admin,cap_perfmon\+ep' \
		"an ordinary user is told what is missing"
	[ -e "$TMP/open/nobody.pcap" ] && not_ok "an ordinary user: no file" || ok "an ordinary user: no file"
fi

# An ordinary user with the four capabilities and nothing else can capture.
cp "$SKWATCH" "$TMP/skwatch-capable"
if setcap cap_bpf,cap_net_raw,cap_net_admin,cap_perfmon+ep "$TMP/skwatch-capable" 2>/dev/null &&
	mkdir "$TMP/own" && chown nobody "$TMP/own" &&
	! grep -q nosuid <(findmnt -n -o OPTIONS -T "$TMP"); then
	ERR=$TMP/err.capable
	: >"$ERR"
	ip netns exec "$A" setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups "${as_typed[@]}" \
		"$TMP/skwatch-capable" capture -i eth0 -w "$TMP/own/c.pcap" -C 1 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
	if wait_for_line "$ERR" "$PID" '^skwatch: listening on '; then
		ok "setcap: an ordinary user captures"
		for set in CapInh CapPrm CapEff CapAmb; do
			is "$(status "$PID" $set)" 0000000000000000 "setcap: the worker's $set is empty"
		done
		traffic "$A" flood eth0 3500 1000 --pps 20000
		stop INT
		check "setcap: and rotates" numbered 3500 $(ls -v "$TMP"/own/*)
	else
		not_ok "setcap: an ordinary user captures"
	fi
else
	skip "setcap: an ordinary user captures" "file capabilities do not work here"
fi

# -Z: a link that USER has made in USER's directory never leads to another user's file.
mkdir "$TMP/trap" && chown nobody "$TMP/trap" && chmod 755 "$TMP" "$TMP/trap"
echo precious >"$TMP/victim" && chmod 600 "$TMP/victim"
ln -s ../victim "$TMP/trap/o.pcap"
chown -h nobody "$TMP/trap/o.pcap"
ip netns exec "$A" timeout $((2 * PATIENCE)) "$SKWATCH" capture -i eth0 -Z nobody -w "$TMP/trap/o.pcap" --duration 0.2 2>"$TMP/trap.err"
is "$? $(cat "$TMP/victim") $(stat -c %U "$TMP/victim")" "1 precious root" "-Z: a link to another's file is refused"

# -Z: in a directory of root the files are made and belong to USER, also the second time.
mkdir "$TMP/roots"
for turn in first second; do
	ip netns exec "$A" timeout $((2 * PATIENCE)) "$SKWATCH" capture -i eth0 -Z nobody -w "$TMP/roots/o.pcap" --duration 0.2 2>"$TMP/roots.err"
	is "$? $(stat -c %U "$TMP/roots/o.pcap")" "0 nobody" "-Z: the $turn file in another's directory belongs to USER"
done
done_testing
