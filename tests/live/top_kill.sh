#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The key K of top: the question, its answers, tagged connections, what can't be ended, and where
# there is no such key.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
. "$srcdir/tests/live/lib_kill.sh"
need_conns
need_screen
A=skwt$$a
namespace "$A"
screens
peers a "$A" 127.0.0.1 7000 tcp

top 120x30 "-f 'lport > 7000 or state = listen'" -s lport -l
sees 'python3 .*127.0.0.1:7003 .*ESTAB' || bail "top does not show it: $(shot)"
shows 'K Kill' "the last line names the key"
send K
shows 'End this connection\? y: end it   any other key: do not' "K asks"
like "$(shot | sed -n 2p)" '^ *127\.0\.0\.1:7003 . 127\.0\.0\.1:7000   ESTABLISHED   python3 \[[0-9]+\]' \
	"and names the connection"
is "$(alive a)" "7001 7002 7003 " "until it is answered nothing is ended"
send n
shows 'No connection was ended' "n: it is said that nothing was ended"
is "$(alive a)" "7001 7002 7003 " "and nothing is"
send K
sees 'End this connection' || bail "$(shot)"
send Enter
shows 'No connection was ended' "Enter is no answer"
send K
sees 'End this connection' || bail "$(shot)"
send Up
shows 'No connection was ended' "nor is a key of several bytes"
send K
sees 'End this connection' || bail "$(shot)"
tmux_ resize-window -t run -x 100 -y 20
shows 'End this connection' "the question stays when the size changes"
is "$(alive a)" "7001 7002 7003 " "and nothing is ended"
send y
shows '1 connection ended\.' "y: it is said that the connection was ended"
check "its holder gets ECONNABORTED, and its peer a reset" \
	met a "client 7003 ECONNABORTED" "server 7003 ECONNRESET"
is "$(alive a)" "7001 7002 " "its neighbours stay"
send q
sees 'status=0' || bail "$(shot)"

# ---- tagged ones, the detail, and what can't be ended ----

top 120x30 "-f 'lport = 7001 or lport = 7002 or (lport = 7000 and state = listen)'" -s lport -l
sees '127.0.0.1:7002 .*ESTAB' || bail "$(shot)"
send t t t
sees '^#.*:7001 ' || bail "$(shot)"
send K
shows 'End these 2 connections\?' "the tagged connections are asked about, and no listener"
told a close 7002
send y
shows '1 connection ended, 1 had gone\.' "one closes meanwhile: that is said"
check "and the other ends" met a "client 7003 ECONNABORTED" "server 7003 ECONNRESET" \
	"client 7001 ECONNABORTED" "server 7001 ECONNRESET" "server 7002 FIN"
send U G K
shows 'K ends open connections only' "K on a listener says why it does nothing"
is "$(inside "$A" ss -tnlH sport = :7000 | wc -l)" 1 "and the listener stays"
send F1
shows 'K +end this connection, or the tagged ones, after a question' "the help has the key"
send q q
sees 'status=0' || bail "$(shot)"
peers b "$A" 127.0.0.1 7100 tcp
top 120x30 "-f 'lport = 7101'"
sees '127.0.0.1:7101 .*ESTAB' || bail "$(shot)"
send Enter
sees 'held by' || bail "$(shot)"
send K
shows 'End this connection' "K works in the detail, too"
KEEPER=$(keeper_of "$(worker)")
kill -KILL "$(worker)"
check "SIGKILL at the question: the keeper ends" "$TRAFFIC" gone "$KEEPER"
is "$(alive b)" "7101 7102 7103 " "and nothing is ended"
as_before "the terminal is as before"

# ---- where there is no such key ----

ip netns exec "$A" "$SKWATCH" capture -i lo -w "$TMP/x.pcapng" --duration 0.1 2>/dev/null
shell 120x30
send "$SKWATCH top -r $TMP/x.pcapng; echo status=\$?" Enter
sees 'recorded|F1 Help' || bail "$(shot)"
hides 'K Kill' "-r: the last line has no K"
send K
hides 'End th' "-r: K does nothing"
send F1
sees 'this help' || bail "$(shot)"
hides '^ +K +end this' "-r: nor has the help"
send q q
done_testing
