#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# contrib/clickhouse with a real server: all events and messages go into its tables, also over a
# restart of the server, and the queries give the right answers.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
need clickhouse-server clickhouse-client curl
pair
six
losses
ROWS_OF=(python3 "$srcdir/tests/live/fleet_rows.py")
SQL=$srcdir/contrib/clickhouse

# ---- the server ----

mkdir "$TMP/ch"
cat >"$TMP/ch/config.xml" <<END
<yandex>
	<logger><level>warning</level><log>$TMP/ch/log</log><errorlog>$TMP/ch/errors</errorlog></logger>
	<http_port>8123</http_port><tcp_port>9000</tcp_port><listen_host>127.0.0.1</listen_host>
	<path>$TMP/ch/data/</path><tmp_path>$TMP/ch/tmp/</tmp_path>
	<users_config>$TMP/ch/users.xml</users_config>
	<default_profile>default</default_profile><default_database>default</default_database>
	<mark_cache_size>67108864</mark_cache_size>
</yandex>
END
cat >"$TMP/ch/users.xml" <<'END'
<yandex>
	<profiles><default></default></profiles><quotas><default></default></quotas>
	<users><default>
		<password>secret</password><networks><ip>::/0</ip></networks>
		<profile>default</profile><quota>default</quota>
	</default></users>
</yandex>
END
printf 'X-ClickHouse-User: default\nX-ClickHouse-Key: secret\n' >"$TMP/headers"
server() {
	ip netns exec "$A" clickhouse-server --config-file="$TMP/ch/config.xml" >"$TMP/ch/out" 2>&1 &
	SERVER=$!
	STARTED+=("$SERVER")
	becomes is_up || bail "no clickhouse-server: $(tail "$TMP/ch/errors")"
}
is_up() { [ "$(inside "$A" curl -s http://127.0.0.1:8123/ping)" = Ok. ]; }
client=(ip netns exec "$A" clickhouse-client --host 127.0.0.1 --port 9000 --password secret)
query() { "${client[@]}" --query "$1"; }
url() { echo "http://127.0.0.1:8123/?query=INSERT INTO $1 FORMAT JSONEachRow&input_format_skip_unknown_fields=1"; }
into=(--to-header "@$TMP/headers" --batch-time 50ms)
figure_of() { sed -nE "s/^skwatch: (.*[^0-9])?([0-9]+) $1.*/\2/p" "$ERR" | tail -n 1; }

server
# Rows of a table that was only truncated may come back when the server is killed.
empty_tables() {
	query 'DROP TABLE IF EXISTS skwatch_events'
	query 'DROP TABLE IF EXISTS skwatch_messages'
	"${client[@]}" --multiquery <"$SQL/schema-18.16.sql"
}
check "the schema for Debian's version is taken" empty_tables

# ---- events of each type ----

watch "$A" events --netns self -t connect,established,state,rtt,rto,retrans,close,listen \
	--to "$(url skwatch_events)" "${into[@]}"
seen_by=$PID seen_err=$ERR
watch "$A" events --netns self -t connect,established,state,rtt,rto,retrans,close,listen --json
conns "$A" hold listen v4 --peer "$B"
tell talk 5
tell lose
await 1 '"type":"retrans"'
tell heal
tell close
await 1 '"type":"close"'
stop
cp "$OUT" "$TMP/events.json"
all_gone
PID=$seen_by ERR=$seen_err
stop
taken=$(sed -nE 's/^skwatch: ([0-9]+) events taken.*/\1/p' "$ERR")
is "$(figure_of 'events sent to') $(query 'SELECT count(), max(seq), uniqExact(seq) FROM skwatch_events')" \
	"$taken $taken	$taken	$taken" "each event is a row ($taken)"
is "$(query 'SELECT DISTINCT type FROM skwatch_events ORDER BY type' | tr '\n' ' ')" \
	"close connect established listen retrans rto rtt state " "of each type"
like "$(query "SELECT comm, remote_addr, remote_port, bytes_acked, close_reason, app_limited, time = toDateTime(intDiv(ts_ns, 1000000000)), toHour(time) = toUInt8(substring(ts, 12, 2)) FROM skwatch_events WHERE type = 'close' AND direction = 'out' AND remote_port = $(port_of v4)")" \
	"^conns	10\.77\.0\.2	$(port_of v4)	[0-9]+	fin	[01]	1	1$" "with their values"
"$SKWATCH" messages -r "$srcdir/pcap-samples/http.pcap" --json >"$TMP/messages.json" 2>/dev/null
is "$("${ROWS_OF[@]}" columns "$SQL/schema.sql" skwatch_events "$TMP/events.json")" "" \
	"the schema has a column for each field"
is "$("${ROWS_OF[@]}" columns "$SQL/schema-18.16.sql" skwatch_events "$TMP/events.json")" \
	"owners rtt_hist" "that for Debian's version has no arrays"
is "$("${ROWS_OF[@]}" columns "$SQL/schema.sql" skwatch_messages "$TMP/messages.json")$(
	"${ROWS_OF[@]}" columns "$SQL/schema-18.16.sql" skwatch_messages "$TMP/messages.json")" "" \
	"and so of messages"
launch "$A" messages -r "$srcdir/pcap-samples/http.pcap" --to "$(url skwatch_messages)" "${into[@]}"
finish
is "$STATUS $(query 'SELECT count() FROM skwatch_messages')" "0 $(wc -l <"$TMP/messages.json")" \
	"messages are rows, too"

# A table that is not there is told by the server's own words.
watch "$A" events --netns self -t close --where 'rport = 7001' --to "$(url nothing)" "${into[@]}"
inside "$A" "$CONNS" short 3 --peer "$B" >/dev/null
stop
like "$(cat "$ERR")" "http://127.0.0.1:8123: it answers [0-9]+: .*nothing" "a wrong table is told"

# ---- the server goes and comes back ----

has_arrived() { [ "$(query 'SELECT uniqExact(run, seq) FROM skwatch_events')" = 900 ]; }
is_confirmed() {
	kill -USR1 "$PID"
	[ "$(figure_of 'in the spool')" = 0 ]
}

empty_tables
mkdir "$TMP/spool"
watch "$A" events --netns self -t close --where 'rport = 7001' --to "$(url skwatch_events)" "${into[@]}" \
	--batch-size 100K --spool "$TMP/spool" --spool-size 8M
inside "$A" "$CONNS" short 300 --peer "$B" >/dev/null
die "$SERVER"
inside "$A" "$CONNS" short 300 --peer "$B" >/dev/null
wait_for_line "$ERR" "$PID" 'skwatch tries again$'
server
inside "$A" "$CONNS" short 300 --peer "$B" >/dev/null
# A slow server may need more than the seconds that the end of skwatch allows it.
becomes has_arrived && becomes is_confirmed
stop
left=$(figure_of 'in the spool')
is "$(query 'SELECT uniqExact(run, seq), max(seq) FROM skwatch_events')" "900	900" \
	"a server that was killed: nothing is lost"
is "$STATUS $left" "0 0" "and nothing is left in the spool"

# ---- the queries ----

grep -m 1 '"type":"close"' "$TMP/events.json" >"$TMP/templates"
head -n 1 "$TMP/messages.json" >>"$TMP/templates"
"${ROWS_OF[@]}" make "$TMP/fleet.json" "$TMP/fleet.messages" "$TMP/templates" || bail "no fleet"
empty_tables
query 'SYSTEM STOP MERGES' # they would take doubles away
"${client[@]}" --input_format_skip_unknown_fields 1 --query 'INSERT INTO skwatch_events FORMAT JSONEachRow' <"$TMP/fleet.json"
"${client[@]}" --input_format_skip_unknown_fields 1 --query 'INSERT INTO skwatch_messages FORMAT JSONEachRow' <"$TMP/fleet.messages"
while read -r line; do
	case $line in
	"ok - "*) ok "query ${line#ok - }" ;;
	"not ok - "*) not_ok "query ${line#not ok - }" ;;
	*) echo "$line" ;;
	esac
done < <("${ROWS_OF[@]}" check "$SQL/queries.sql" "$TMP/fleet.json" "$TMP/fleet.messages" "${client[@]}")
query 'SYSTEM START MERGES'
query 'OPTIMIZE TABLE skwatch_events FINAL'
is "$(query 'SELECT count() - uniqExact(run, seq) FROM skwatch_events')" 0 "a merge takes doubles away"
done_testing
