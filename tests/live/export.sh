#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# skwatch export: options, outputs, and clients of all kinds.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need curl
PEERS=(python3 "$srcdir/tests/live/export_peers.py")
namespace "skwt$$a"
A=skwt$$a

# exports OPTION...: runs it until it exports.
exports() {
	launch "$A" export --netns self "$@"
	wait_for_line "$ERR" "$PID" 'exporting at ' || not_ok "export $* starts" "$(cat "$ERR")"
}
scrape() { inside "$A" curl -s --max-time 60 "$@"; }
METRICS=http://127.0.0.1:9910/metrics

# refused STATUS REGEX OPTION...: it does not start, and says why.
refused() {
	local status=$1 regex=$2 pid=${PID-} err=${ERR-}
	shift 2
	launch "$A" export --netns self "$@"
	finish
	is "$STATUS" "$status" "export $*: status $status"
	like "$(cat "$ERR")" "$regex" "export $*: says why"
	PID=$pid ERR=$err
}

# ---- options ----

refused 2 'is not ADDR:PORT' --listen 1234
refused 2 'is not ADDR:PORT' --listen 127.0.0.1:0
refused 2 'is not ADDR:PORT' --listen '[::1:9910'
refused 2 'is not ADDR:PORT' --listen unix:
refused 2 'is not comm, cgroup' --labels comm,pid
refused 2 'is no prefix' --class dc1=10.0.0.0/40
refused 2 'is not the name of a file' --textfile /tmp/
refused 2 'takes no arguments' nginx
refused 1 'was given no socket' --listen systemd
refused 1 'No such file' --textfile "$TMP/nowhere/x.prom"
refused 1 'No such file' --listen "unix:$TMP/nowhere/s"

# ---- HTTP ----

exports --interval 200ms
is "$(scrape -o /dev/null -w '%{http_code} %{content_type}' $METRICS)" \
	"200 text/plain; version=0.0.4; charset=utf-8" "Prometheus' own form is the default"
is "$(scrape -H 'Accept: application/openmetrics-text; version=1.0.0' -o /dev/null \
	-w '%{content_type}' $METRICS)" \
	"application/openmetrics-text; version=1.0.0; charset=utf-8" "OpenMetrics for those who ask"
is "$(scrape -o /dev/null -w '%{http_code}' http://127.0.0.1:9910/)" 200 "/ tells where the metrics are"
is "$(scrape -o /dev/null -w '%{http_code}' http://127.0.0.1:9910/other)" 404 "no other page"
is "$(scrape -o /dev/null -w '%{http_code}' -X DELETE $METRICS)" 405 "no other method"
is "$(scrape -o /dev/null -w '%{http_code}' -d x=y $METRICS)" 405 "no POST"
is "$(scrape -I -o "$TMP/head" -w '%{http_code} %{size_download}' $METRICS)" "200 0" "HEAD has no text"
refused 1 'Address already in use' --listen 127.0.0.1:9910

is "$(inside "$A" "${PEERS[@]}" many 127.0.0.1 9910 100)" 100 "100 clients at once get the whole text"
is "$(inside "$A" "${PEERS[@]}" garbage 127.0.0.1 9910 | grep -c '^HTTP/1.1 [45]\|^closed')" 9 \
	"requests that are none get an error or nothing"
mkfifo "$TMP/hold"
ip netns exec "$A" "${PEERS[@]}" slow 127.0.0.1 9910 60 <"$TMP/hold" >"$TMP/slow" &
SLOW=$!
STARTED+=($SLOW)
exec {HOLD}>"$TMP/hold"
wait_for_line "$TMP/slow" $SLOW slow
is "$(scrape -o /dev/null -w '%{http_code}' $METRICS)" 200 "60 clients that are slow keep nobody out"
exec {HOLD}>&-
stop TERM
is "$STATUS" 0 "ends with status 0 at SIGTERM"

# ---- names of others ----

exports --interval 200ms --labels comm --max-series 10
inside "$A" "${PEERS[@]}" names 127.0.0.1 7200 'a"b\c' "$(printf 'bad\377')" other unknown 1 2 3 4 5 6 7 8
has() { scrape $METRICS | grep -qF -- "$1"; }
check "a limit on label sets is counted" becomes has 'skwatch_tcp_connections_opened_total{comm="other"'
scrape $METRICS >"$TMP/names"
grep -E '^skwatch_tcp_connections_opened' "$TMP/names" | cut -d'"' -f2- >"$TMP/opened"
check "quotes and backslashes are escaped" grep -qF 'a\"b\\c"' "$TMP/opened"
check "bytes that are no text are replaced" grep -q '^bad?"' "$TMP/opened"
check "the text is UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$TMP/names"
is "$(grep -v '^#' "$TMP/names" | sed 's/ [^ ]*$//' | sort | uniq -d)" "" "no series is there twice"
[ -z "$(command -v promtool)" ] && bail "promtool is not installed (scripts/setup --tests)"
check "promtool accepts hostile names" promtool check metrics <"$TMP/names"
kill -USR1 "$PID"
check "SIGUSR1 makes it report" wait_for_line "$ERR" "$PID" 'scrapes, 0 files, 10 label sets'
stop

# ---- requests of applications: scrapes are some ----

exports --interval 200ms --messages
check "--messages counts requests" becomes has 'skwatch_messages_requests_total{protocol="http"}'
scrape $METRICS >"$TMP/messages"
like "$(cat "$TMP/messages")" 'skwatch_messages_errors_total\{protocol="http"\} 0' "which are no errors"
check "promtool accepts messages" promtool check metrics <"$TMP/messages"
stop

# ---- other sockets ----

exports --listen "unix:$TMP/s"
is "$(inside "$A" curl -s --unix-socket "$TMP/s" -o /dev/null -w '%{http_code}' http://x/metrics)" 200 \
	"serves at a unix socket"
refused 1 'Address already in use' --listen "unix:$TMP/s"
stop
exports --listen "unix:$TMP/s"
ok "a socket that an earlier run has left is replaced"
stop
ip netns exec "$A" "${PEERS[@]}" socket 127.0.0.1:9911 "$SKWATCH" export --netns self --listen systemd \
	>"$TMP/out" 2>"$TMP/err.systemd" &
PID=$!
STARTED+=("$PID")
wait_for_line "$TMP/err.systemd" "$PID" 'exporting at systemd' || not_ok "it takes a socket of systemd"
is "$(scrape -o /dev/null -w '%{http_code}' http://127.0.0.1:9911/metrics)" 200 "serves at a socket of systemd"
stop
is "$STATUS" 0 "and ends with status 0"
inside "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
exports --listen '[::1]:9910'
is "$(scrape -o /dev/null -w '%{http_code}' 'http://[::1]:9910/metrics')" 200 "serves at an address of IPv6"
stop

# ---- the units ----

# within UNIT COMMAND...: with the capabilities that the unit leaves to root.
within() {
	local caps
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' "$srcdir/contrib/systemd/$1.service.in" |
		tr 'A-Z' 'a-z' | sed 's/cap_/+/g; s/ /,/g')
	shift
	exec ip netns exec "$A" setpriv --no-new-privs --bounding-set "-all,$caps" "$@"
}
within skwatch-export "$SKWATCH" export --netns all >"$TMP/out" 2>"$TMP/err.unit" &
PID=$!
STARTED+=("$PID")
check "the unit of export leaves the capabilities that it needs" \
	wait_for_line "$TMP/err.unit" "$PID" 'exporting at'
is "$(grep -c 'only this network namespace' "$TMP/err.unit")" 0 "and those to see other namespaces"
stop
mkdir "$TMP/state"
within skwatch-recorder "$SKWATCH" capture --on rto,timeout --pre 10s --post 5s --max-triggers 1000 \
	-w "$TMP/state/%{comm}-%{event}" --format pcapng 2>"$TMP/err.recorder" &
PID=$!
STARTED+=("$PID")
check "the unit of the recorder, too" wait_for_line "$TMP/err.recorder" "$PID" 'listening on'
stop

# ---- a file ----

mkdir "$TMP/dir"
echo old >"$TMP/dir/x.prom"
exports --textfile "$TMP/dir/x.prom" --interval 100ms -u
check "promtool accepts the file" promtool check metrics <"$TMP/dir/x.prom"
is "$(stat -c '%a' "$TMP/dir/x.prom")" 644 "another user can read it"
first=$(stat -c %i "$TMP/dir/x.prom")
is_new() { [ "$(stat -c %i "$TMP/dir/x.prom")" != "$first" ]; }
check "each sweep replaces it" becomes is_new
like "$(cat "$TMP/dir/x.prom")" 'skwatch_udp_drops_total' "-u counts datagrams"
is "$(inside "$A" curl -s -o /dev/null -w '%{http_code}' $METRICS)" 000 "nothing is served without --listen"
kill -KILL "$(pgrep -P "$PID")"
wait "$PID"
is $? 1 "without its keeper it ends with status 1"
exports --textfile "$TMP/dir/x.prom" --duration 300ms
finish
is "$STATUS" 0 "--duration ends it"
is "$(find "$TMP/dir" -type f | wc -l)" 1 "no other file stays"
done_testing
