#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every form of connecting, sending and binding, over IPv4, IPv6 and with mapped addresses: without a
# policy, denied and allowed.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need bpftool
. "$srcdir/tests/live/lib_policy.sh"

# forms DIRECTORY FAMILY PORT: a line "NAME RESULT" for each form, and one at the end.
forms() { in_cgroup "$1" "${CALLS[@]}" forms "$2" "$3"; }

for family in v4 v6 mapped; do
	for port in 7001 7002; do
		forms in $family $port >"$TMP/free.$family.$port"
	done
	is "$(grep -vc ' ok$\| absent$' "$TMP/free.$family.7002")" 0 "$family: all forms work without"
	is "$(tail -n 1 "$TMP/free.$family.7002")" "all ok" "$family: and all were tried"
done
policy --allowed 'deny=ehostdown connect,send to 127.0.0.0/8 port 7002' \
	'deny=ehostdown connect,send to ::1 port 7002' 'deny=ehostdown bind port 7012'
# The kernel asks no program when a socket of UDP-Lite is connected, or listens without bind().
for family in v4 v6 mapped; do
	forms in $family 7002 >"$TMP/denied"
	forms in/below $family 7001 >"$TMP/allowed"
	sed '/^udplite-connect \|^listen-unbound \|^all /!s/ ok$/ EHOSTDOWN/' "$TMP/free.$family.7002" >"$TMP/expected"
	check "$family: $(grep -c EHOSTDOWN "$TMP/denied") forms are denied with the error that was chosen" \
		diff "$TMP/expected" "$TMP/denied"
	check "$family: and are allowed to another port" diff "$TMP/free.$family.7001" "$TMP/allowed"
done
is "$(connects beside 7002)" ok "the cgroup beside it is not judged"
stop
is "$STATUS $(programs)" "0 0" "it ends with status 0, and nothing is attached"
like "$(cat "$OUT")" 'deny +python3\[[0-9]+\] .*127.0.0.1:7002 +call connect, protocol tcp, rule 1, error EHOSTDOWN' \
	"an event has the owner, the destination, the rule and the error"
is "$(grep -c '^skwatch: rule 1, deny=ehostdown' "$ERR")" 1 "and the rule its counter"
denied=$(sed -n 's/^skwatch: [0-9]* allowed, \([0-9]*\) denied.*/\1/p' "$ERR")
is "$(grep -c ' deny ' "$OUT")" "$denied" "there is an event for each denied call"
done_testing
