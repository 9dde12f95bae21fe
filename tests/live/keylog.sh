#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Secrets of a TLS key log go into the file, and tshark decrypts by the file alone.
. "${srcdir:?}/tests/live/lib.sh"
need root openssl tshark capinfos tcpdump
pair

KEYS=$TMP/keys/log
mkdir "$TMP/keys"
chmod 755 "$TMP/keys"

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$TMP/key.pem" -out "$TMP/cert.pem" -days 2 \
	-subj /CN=server 2>/dev/null || bail "no certificate"

# serve LOG: a server that appends its secrets to LOG, before it sends what they encrypt.
serve() {
	[ -z "${SERVER-}" ] || { kill "$SERVER" && wait "$SERVER" 2>/dev/null && forget "$SERVER"; }
	: >"$TMP/server"
	ip netns exec "$B" openssl s_server -accept 443 -cert "$TMP/cert.pem" -key "$TMP/key.pem" -www \
		-keylogfile "$1" >"$TMP/server" 2>&1 &
	SERVER=$!
	STARTED+=("$SERVER")
	wait_for_line "$TMP/server" "$SERVER" '^ACCEPT' || bail "no server: $(cat "$TMP/server")"
}

# ask PATH [OPTION...]: a request over TLS.
ask() {
	local path=$1
	shift
	printf 'GET /%s HTTP/1.0\r\n\r\n' "$path" |
		inside "$A" timeout $PATIENCE openssl s_client -quiet -connect 10.77.0.2:443 "$@" \
			>"$TMP/answer" 2>"$TMP/client"
	grep -q '^HTTP/1.0 200' "$TMP/answer" || bail "the request failed: $(cat "$TMP/client")"
}

# requests FILE...: the paths that tshark reads in the files, with no key log of its own.
requests() {
	local file
	for file; do
		tshark -o tls.keylog_file: -r "$file" -Y http.request -T fields -e http.request.uri \
			2>/dev/null
	done | tr '\n' ' '
}

# secrets FILE: the number of lines of secrets in the file.
secrets() { strings -n 40 "$1" | grep -cE '^[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+$'; }

# said TEXT: waits until skwatch says that of the key log.
said() { wait_for_line "$ERR" "$PID" "^skwatch: --keylog $KEYS: $1"; }

# ---- while the capture runs ----

serve "$KEYS.new"
start "$A" capture -i eth0 -w "$TMP/live.pcapng" --keylog "$KEYS" tcp port 443
like "$(cat "$ERR")" "^skwatch: --keylog $KEYS: No such file or directory; it will be read as soon as it can be$" \
	"a file that is not there is awaited"
mv "$KEYS.new" "$KEYS"
said 'the file can be read now$' && ok "its coming is told"
ask thirteen -tls1_3
ask twelve -tls1_2
stop
is "$STATUS" 0 "ends with status 0"
is "$(requests "$TMP/live.pcapng")" "/thirteen /twelve " "tshark decrypts by the file alone"
is "$(figure dropped)" 0 "no packet was dropped"
is "$(secrets "$TMP/live.pcapng")" "$(grep -c '^[A-Z]' "$KEYS")" "the file has each secret, once"
check "tcpdump reads the file" tcpdump -nn -r "$TMP/live.pcapng" -c 1
check "capinfos reads the file" capinfos "$TMP/live.pcapng"

# A client logs a secret of TLS 1.2 before it sends what the secret encrypts.
start "$A" capture -i eth0 -w "$TMP/client.pcapng" --keylog "$TMP/keys/client" tcp port 443
KEYS=$TMP/keys/client ask client -tls1_2 -keylogfile "$TMP/keys/client"
stop
is "$(requests "$TMP/client.pcapng")" "/client " "a client's key log that begins later serves as well"

# ---- a file that is truncated or replaced ----

start "$A" capture -i eth0 -w "$TMP/other.pcapng" --keylog "$KEYS" tcp port 443
: >"$KEYS"
said 'the file was truncated' && ok "a truncated file is told"
ask truncated
serve "$KEYS.next"
mv "$KEYS.next" "$KEYS"
said 'another file has taken its place' && ok "another file in its place is told"
ask replaced
printf 'nonsense\nCLIENT_RANDOM 00' >>"$KEYS"
stop
is "$STATUS" 0 "ends with status 0"
is "$(requests "$TMP/other.pcapng")" "/truncated /replaced " "tshark decrypts both"
like "$(cat "$ERR")" '2 lines are left out: they have no secret, or no end$' "bad lines are counted"
is "$(strings "$TMP/other.pcapng" | grep -c nonsense)" 0 "and they are not in the file"

# ---- files ----

: >"$KEYS"
serve "$KEYS"
start "$A" capture -i eth0 -w "$TMP/turn.pcapng" -C 1 --no-owner --no-events --keylog "$KEYS"
ask first
traffic "$A" flood eth0 2500 1000 --pps 20000
becomes test -e "$TMP/turn.pcapng2"
ask last
stop
is "$(requests "$TMP/turn.pcapng" "$TMP/turn.pcapng2")" "/first /last " "-C: tshark decrypts each file alone"
is "$(secrets "$TMP/turn.pcapng1")" 5 "-C: each file begins with the secrets so far"

start "$A" capture -i eth0 -w "$TMP/without.pcapng" tcp port 443
ask later
stop
is "$(requests "$TMP/without.pcapng")" "" "without secrets tshark decrypts nothing"
run capture -r "$TMP/without.pcapng" -w "$TMP/with.pcapng" --keylog "$KEYS"
is "$STATUS" 0 "-r: ends with status 0"
is "$(requests "$TMP/with.pcapng")" "/later " "-r: the copy has the secrets"
is "$(packets "$TMP/with.pcapng")" "$(packets "$TMP/without.pcapng")" "-r: and each packet"
run capture -r "$TMP/with.pcapng" -w "$TMP/again.pcapng" --keylog "$TMP/keys/client"
is "$(requests "$TMP/again.pcapng")" "/later " "-r: secrets that the file had stay"

# ---- what is refused ----

# refuses NAME MESSAGE OPTION...
refuses() {
	local name=$1 message=$2
	shift 2
	run capture -i lo "$@"
	is "$STATUS" 2 "$name is refused"
	like "$(cat "$ERR")" "$message" "$name: the reason is told"
	is "$(wc -l <"$ERR")" 1 "$name: in one line"
	[ ! -e "$TMP/no.pcapng" ] || not_ok "$name: nothing is created"
}
mkfifo "$TMP/fifo"
ln -s "$KEYS" "$TMP/link"
refuses "a pipe" "fifo: it is no regular file$" -w "$TMP/no.pcapng" --keylog "$TMP/fifo"
refuses "a link" "a link is not followed" -w "$TMP/no.pcapng" --keylog "$TMP/link"
refuses "a folder that is not there" "$TMP/none/: No such file" -w "$TMP/no.pcapng" \
	--keylog "$TMP/none/log"
refuses "a pcap file" "a pcap file has no place for secrets" -w "$TMP/no.pcap" --keylog "$KEYS"
refuses "the key log as output" "it would be lost" -w "$KEYS" --format pcapng --keylog "$KEYS"
run capture -r "$TMP/with.pcapng" -w "$TMP/no.pcapng" --keylog "$TMP/keys/none"
is "$STATUS" 2 "-r: a file that is not there is refused"
[ -e "$TMP/no.pcapng" ] && not_ok "-r: nothing is created"

# The file is looked for by its name each second, so somebody may put another thing there.
for thing in link fifo; do
	rm -f "$TMP/keys/thing"
	start "$A" capture -i eth0 -w "$TMP/thing.pcapng" --keylog "$TMP/keys/thing"
	mv "$TMP/$thing" "$TMP/keys/thing"
	KEYS=$TMP/keys/thing said 'it is no regular file; it will be read' && ok "a $thing that comes later is not read"
	stop
	is "$STATUS" 0 "a $thing: ends with status 0"
	like "$(cat "$ERR")" 'thing: no secret came$' "a $thing: it is told that no secret came"
done

# With -Z the file is read with the rights of that user.
chmod 600 "$KEYS"
mkdir "$TMP/theirs"
chown nobody "$TMP/theirs"
start "$A" capture -i eth0 -w "$TMP/theirs/f.pcapng" -Z nobody --keylog "$KEYS"
like "$(cat "$ERR")" "^skwatch: --keylog $KEYS: Permission denied" "-Z: a file of root is not read for another user"
chown nobody "$KEYS"
said 'the file can be read now$' && ok "-Z: a file of that user is"
stop
isnt "$(secrets "$TMP/theirs/f.pcapng")" 0 "-Z: and its secrets are in the file"
done_testing
