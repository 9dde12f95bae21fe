#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# With fields in its name, each trigger has a file of its own, with its own connection only, and a
# command that runs once for it. No name leads elsewhere, and nothing is overwritten.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need tshark capinfos python3
getent passwd nobody >/dev/null || skip_all "there is no user nobody"
pair
losses
mkdir "$TMP/why" "$TMP/end"

# frames FILE FILTER: how many there are.
frames() { tshark -r "$1" -Y "$2" -T fields -e frame.number 2>/dev/null | wc -l; }

# only FILE PORT EVENT: the packets of one connection, its event and its trigger; complete.
only() {
	local port
	isnt "$(frames "$1" "tcp.port == $2")" 0 "${1##*/}: its packets"
	is "$(frames "$1" "tcp && !(tcp.port == $2)")" 0 "none of others"
	port=$(tshark -r "$1" -Y "tcp.port == $2" -T fields -e tcp.srcport -e tcp.dstport 2>/dev/null |
		tr '\t' '\n' | sort -u | wc -l)
	is "$port" 2 "of one connection"
	isnt "$(frames "$1" "systemd_journal contains \"SKWATCH_TYPE=$3\"")" 0 "its event"
	is "$(frames "$1" 'systemd_journal contains "MESSAGE=trigger "')" 1 "its trigger"
	like "$(capinfos "$1" 2>/dev/null)" 'Number of stat entries = 1' "and the figures of its interface"
}

# refused NAME PORT: a process of that name has a connection refused.
refused() {
	inside "$A" python3 -c 'import socket, sys
open("/proc/self/comm", "w").write(sys.argv[1])
try: socket.create_connection(("10.77.0.2", int(sys.argv[2])))
except ConnectionRefusedError: pass' "$@"
}

# ---- wrong usage ----

refuse() { # TEXT OPTION...
	local text=$1
	shift
	"$SKWATCH" capture "$@" >"$TMP/refused" 2>&1
	is "$?" 2 "$*: refused"
	like "$(cat "$TMP/refused")" "$text" "and says why"
}
refuse 'there is no field "%\{com\}"' --on rto -w "$TMP/why/%{com}.pcapng"
refuse 'folder' --on rto -w "$TMP/%H/%{comm}.pcapng"
refuse 'folder' --on rto -w "$TMP/why-%{comm}/x.pcapng"
refuse 'of a trigger: give --on' -w "$TMP/why/%{comm}.pcapng"
refuse '--max-triggers limits' --on rto -w "$TMP/why/a.pcapng" -W 3
refuse '--exec does so' --on rto -w "$TMP/why/a.pcapng" -z true
refuse 'No such file' --on rto -w "$TMP/none/%{comm}.pcapng"
refuse '-C and -G do not apply' --on rto -w "$TMP/why/%{comm}.pcapng" -C 1
refuse 'give --on' --exec true -w "$TMP/why/a.pcapng"
is "$(ls "$TMP/why")" "" "no file is made"

# ---- several triggers at the same time ----

cat >"$TMP/note" <<'END'
#!/bin/sh
echo "$SKWATCH_EVENT by $SKWATCH_COMM to $SKWATCH_REMOTE_ADDR: $1 = $SKWATCH_FILE" >>"$0.txt"
END
chmod 755 "$TMP/note"
echo precious >"$TMP/why/w%-refused-alice.pcapng"
conns "$A" hold v4 --peer "$B"
tell talk 20
start "$A" capture -i eth0 -w "$TMP/why/w%%-%{event}-%{comm}.pcapng" --on rto,refused --pre 10s --post 60s \
	--exec "$TMP/note"
has_timed_out() { [ "$(counter "$A" TcpExtTCPTimeouts)" -gt "$before" ]; }
before=$(counter "$A" TcpExtTCPTimeouts)
tell lose 3000
refused alice 81 &
both=$!
refused 'b;..' 82
refused alice 83
wait "$both"
becomes has_timed_out || bail "no timeout came"
tell heal 3000
five() { [ "$(ls "$TMP/why" | wc -l)" -eq 5 ]; }
becomes five
[ -e "$TMP/note.txt" ] && not_ok "no file is complete yet" || ok "no file is complete yet"
stop
is "$STATUS" 0 "an interrupted capture ends with status 0"
like "$(cat "$ERR")" '^skwatch: 4 triggers: ' "four triggers"
like "$(cat "$ERR")" '^skwatch: 4 files written$' "in four files"
is "$(cd "$TMP/why" && printf '%s,' *)" \
	"w%-refused-alice-2.pcapng,w%-refused-alice-3.pcapng,w%-refused-alice.pcapng,w%-refused-b_...pcapng,w%-rto-conns.pcapng," \
	"their names"
is "$(cat "$TMP/why/w%-refused-alice.pcapng")" precious "a file that was there stays"
only "$TMP/why/w%-rto-conns.pcapng" "$(port_of v4)" rto
only "$TMP/why/w%-refused-b_...pcapng" 82 close
is "$(for n in 2 3; do frames "$TMP/why/w%-refused-alice-$n.pcapng" 'tcp.port == 81 || tcp.port == 83'; done | paste -sd' ')" \
	"2 2" "two triggers of one name have two files"
is "$(sort "$TMP/note.txt")" "$(sort <<-END
	refused by alice to 10.77.0.2: $TMP/why/w%-refused-alice-2.pcapng = $TMP/why/w%-refused-alice-2.pcapng
	refused by alice to 10.77.0.2: $TMP/why/w%-refused-alice-3.pcapng = $TMP/why/w%-refused-alice-3.pcapng
	refused by b_.. to 10.77.0.2: $TMP/why/w%-refused-b_...pcapng = $TMP/why/w%-refused-b_...pcapng
	rto by conns to 10.77.0.2: $TMP/why/w%-rto-conns.pcapng = $TMP/why/w%-rto-conns.pcapng
END
)" "--exec runs once for each, and is told the trigger"

# ---- everybody's packets, another user, commands that fail ----

start "$A" capture -i eth0 -w "$TMP/end/%{number}-%{comm}.pcapng.gz" --on refused --on-any --pre 60s --post 60s \
	--exec false -Z nobody
refused carol 84
refused dave 85
two() { [ "$(ls "$TMP/end" | wc -l)" -eq 2 ]; }
becomes two
stop
is "$STATUS" 0 "ends with status 0"
is "$(grep -c '^skwatch: false .*: exited with status 1$' "$ERR")" 2 "failed commands are told"
like "$(cat "$ERR")" '^skwatch: 2 commands failed$' "and counted"
for file in 1-carol 2-dave; do
	is "$(frames "$TMP/end/$file.pcapng.gz" 'tcp.port == 84 || tcp.port == 85')" 4 "$file: everybody's packets"
done
is "$(stat -c %U "$TMP"/end/* | sort -u)" nobody "files belong to the user of -Z"

# ---- a file ends by itself ----

rm "$TMP/note.txt"
start "$A" capture -i eth0 -w "$TMP/end/%H-%{remote_port}.pcapng" --on refused --pre 100ms --post 50ms --exec "$TMP/note"
refused erin 86
wait_for_line "$TMP/note.txt" "$PID" '^refused by erin ' && ok "a file is complete while the capture goes on" ||
	not_ok "a file is complete while the capture goes on"
stop

# ---- descriptors for all files ----

# launch_poor OPTION: a capture whose limit is too low for the files of triggers; -Sn: it may raise it.
launch_poor() {
	ulimit "$1" 120 || return 0
	exec "$SKWATCH" capture -i lo -w "$TMP/end/%{comm}.pcapng" --on refused --no-owner --duration 20s
}
(launch_poor -n) >"$TMP/refused" 2>&1
is "$?" 1 "too few files may be open for 64 of them: refused at the start"
like "$(cat "$TMP/refused")" 'may open 120 files, and needs' "and says why"
(launch_poor -Sn) >"$TMP/poor" 2>&1 &
PID=$!
wait_for_line "$TMP/poor" "$PID" 'listening on' || bail "$(cat "$TMP/poor")"
isnt "$(awk '/^Max open files/ { print ($4 > 192) }' "/proc/$PID/limits")" 0 "a limit that may be raised is raised"
kill -INT "$PID"
wait "$PID"

# ---- a file that can't be made ----

mkdir "$TMP/gone"
start "$A" capture -i eth0 -w "$TMP/gone/%{comm}.pcapng" --on refused --pre 100ms --post 50ms
rmdir "$TMP/gone"
refused frank 87
finish
is "$STATUS" 1 "ends the capture"
like "$(cat "$ERR")" "gone/frank\.pcapng: No such file or directory" "and is told by its name"
done_testing
