#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch kill: what ends and what stays, IPv4, IPv6, mapped addresses and UDP, equal addresses in two
# namespaces, a connection that closes meanwhile, the question on a terminal, signals, SIGKILL.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
. "$srcdir/tests/live/lib_screen.sh"
. "$srcdir/tests/live/lib_kill.sh"
need_conns
need_screen
A=skwt$$a
B=skwt$$b
namespace "$A"
namespace "$B"
inside "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'

# end NS ARGUMENTS...: skwatch kill, which has ended when this returns.
end() {
	launch "$1" kill "${@:2}"
	finish
}

# ---- what ends, and what stays ----

peers a "$A" 127.0.0.1 7000 tcp
peers b "$B" 127.0.0.1 7000 tcp # the same addresses in another namespace
BEFORE=$(counter "$B" TcpOutRsts)

# Other tests may have connections with this port.
end "$A" --dry-run -f "lport = 7001 and (netns_name = $A or netns_name = $B)"
is "$STATUS $(grep -c would_end "$OUT")" "0 2" "a dry run tells the connections of both namespaces"
is "$(alive a)$(alive b)" "7001 7002 7003 7001 7002 7003 " "and ends none"

end "$A" --netns "$A" -f 'lport = 7001'
is "$STATUS" 2 "without a terminal and without --yes the status is 2"
like "$(cat "$ERR")" 'no terminal to ask on.*--yes' "and a line tells the reason"
is "$(alive a)" "7001 7002 7003 " "and nothing is ended"

end "$A" --yes --json -f "lport = 7001 and netns_name = $A"
is "$STATUS" 0 "a connection of one namespace is chosen"
check "its holder gets ECONNABORTED, and its peer a reset" \
	met a "client 7001 ECONNABORTED" "server 7001 ECONNRESET"
is "$(alive a)" "7002 7003 " "its neighbours stay"
is "$(alive b)" "7001 7002 7003 " "the connection with the same addresses in the other namespace stays"
is "$(counter "$B" TcpOutRsts)" "$BEFORE" "no reset was sent there"
is "$(grep -c . "$OUT")" 1 "there is one event"
like "$(cat "$OUT")" "\"type\":\"end\".*\"netns_name\":\"$A\".*\"local_port\":7001.*\"remote_port\":7000" \
	"and it names the connection"
like "$(cat "$ERR")" '1 connection listed, 1 ended, 0 had gone, 0 failed' "the figures tell it"

end "$A" --yes --netns "$B" -f 'lport = 7002'
check "--netns chooses another namespace" \
	met b "client 7002 ECONNABORTED" "server 7002 ECONNRESET"
is "$(alive a)" "7002 7003 " "and the own one stays"

end "$A" --yes --netns self -f 'comm = nobody-has-this-name'
is "$STATUS $(wc -c <"$OUT")" "0 0" "nothing matches: nothing is ended"
like "$(cat "$ERR")" '0 connections listed, 0 ended' "and the figures tell it"

# ---- listeners ----

listens() { inside "$1" ss -tnlH sport = :7000 | grep -c 7000; }
end "$A" --yes --netns "$A" -f 'lport = 7000 and not rport > 1'
is "$(listens "$A")" 1 "an expression that matches a listener by accident leaves it"
like "$(cat "$ERR")" '1 socket is left out: it is no connection.*state = LISTEN' "and a line tells it"
end "$A" --yes --netns "$A" -f 'state != ESTABLISHED and lport = 7000'
is "$(listens "$A")" 1 "and so does one that excludes another state"
end "$A" --yes --netns "$A" -f '(state = LISTEN and lport = 1) or (lport = 7000 and not rport > 1)'
is "$(listens "$A")" 1 "and one that names LISTEN for others only"
peers l "$A" 127.0.0.1 7700 tcp
end "$A" --yes --netns "$A" -f 'state = LISTEN and (lport = 7700 or lport = 7701)'
is "$(inside "$A" ss -tnlH sport = :7700 | wc -l) $(grep -c ' end ' "$OUT")" "0 1" \
	"state = LISTEN ends the listener"
is "$(alive l)" "7701 7702 7703 " "and not its connections"

# ---- families and protocols ----

peers six "$A" ::1 7100 tcp6
end "$A" --yes --netns self -f 'lport = 7101'
check "IPv6: the connection ends" met six "client 7101 ECONNABORTED" "server 7101 ECONNRESET"
is "$(alive six)" "7102 7103 " "IPv6: its neighbours stay"
peers mapped "$A" 127.0.0.1 7200 mapped
end "$A" --yes --netns self -f 'lport = 7201'
check "mapped addresses: the connection ends" \
	met mapped "client 7201 ECONNABORTED" "server 7201 ECONNRESET"
peers udp "$A" 127.0.0.1 7300 udp
end "$A" --yes --netns self -f 'lport = 7301'
check "UDP: a connected socket ends" met udp "client 7301 ECONNABORTED"
end "$A" --yes --netns self -f 'lport = 7300'
is "$(inside "$A" ss -unH sport = :7300 -a | wc -l)" 1 "UDP: a server stays"
is "$(alive udp)" "7302 7303 " "UDP: the others stay"

# ---- signals ----

end "$A" --yes --netns self --signal USR1 -f 'lport > 7100 and lport < 7200'
check "--signal: the holder gets it once, and its connections stay" \
	met six "client 7101 ECONNABORTED" "server 7101 ECONNRESET" "signal SIGUSR1"
is "$(grep -c ' signal SIGUSR1, to pid ' "$OUT") $(alive six)" "1 7102 7103 " "--signal: there is one event"
end "$A" --yes --signal NOSUCH -f 'lport = 1'
is "$STATUS $(cat "$ERR")" "2 skwatch: --signal: \"NOSUCH\" is no signal; give a name or number, such as TERM or 15" \
	"an unknown signal is refused"
end "$A" --yes
is "$STATUS" 2 "without an expression nothing is ended"
end "$A" --yes -f 'lport ='
is "$STATUS" 2 "nor with half of one"

# ---- SIGKILL at random moments ----

nobody_is_left() { ! pgrep -f "lport = 1 or uid = 7$$" >/dev/null; }
for _ in {1..20}; do struck "$A" kill --yes --netns self -f "lport = 1 or uid = 7$$"; done
check "SIGKILL at 20 random moments: no process of skwatch is left" becomes nobody_is_left
is "$(alive b)" "7001 7003 " "and no connection has ended"

# ---- the question ----

screens
# asks EXPRESSION...: kill in a terminal, until it asks.
asks() {
	shell 150x30
	send "$NSENTER $SKWATCH kill --netns self -f '$1' >$TMP/answers; echo status=\$?" Enter
	sees 'y/N' || bail "no question: $(shot)"
}
asks 'lport = 7002'
shows 'python3 .*127\.0\.0\.1:7002 .*127\.0\.0\.1:7000 +ESTAB' "the question lists the connection"
shows 'end this 1 connection\? \[y/N\]' "and asks"
is "$(alive a)" "7002 7003 " "until it is answered nothing is ended"
send n Enter
shows 'nothing was ended' "n: nothing is ended"
shows 'status=0' "with status 0"
is "$(alive a)" "7002 7003 " "and the connection lives"
asks 'lport = 7002'
send Enter
shows 'status=0' "Enter alone is no answer"
asks 'lport = 7002'
send C-c
shows 'status=0' "Ctrl-C ends the command"
asks 'lport = 7002'
keeper=$(keeper_of "$(worker)")
kill -KILL "$(worker)"
check "SIGKILL at the question: the keeper ends" "$TRAFFIC" gone "$keeper"
is "$(alive a)" "7002 7003 " "so far the connection lives"
asks 'lport = 7002 or lport = 7003'
told a close 7003 # It closes while the question is open.
send y Enter
shows '2 connections listed, 1 ended, 1 had gone, 0 failed' "y: the connection ends; the other had gone"
check "and the peers tell it" met a "client 7001 ECONNABORTED" "server 7001 ECONNRESET" \
	"client 7002 ECONNABORTED" "server 7002 ECONNRESET" "server 7003 FIN"
is "$(awk '{ print $2 }' "$TMP/answers" | sort | tr '\n' ' ')" "end gone " "each has an event"
is "$(alive b)" "7001 7003 " "the other namespace was never touched"
done_testing
