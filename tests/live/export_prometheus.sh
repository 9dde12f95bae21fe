#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A real Prometheus scrapes skwatch export: under churn its counters are the sums of the events and the
# kernel's own; the shipped rules and queries are right, and alerts fire.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
[ -n "$(command -v prometheus)" ] && [ -n "$(command -v promtool)" ] ||
	bail "prometheus and promtool are not installed (scripts/setup --tests)"
RULES=$srcdir/contrib/prometheus
WORLD=(python3 "$srcdir/tests/live/export_world.py")
pair
losses
crowds

# ---- the shipped files ----

check "promtool accepts the rules" promtool check rules "$RULES/rules.yml" "$RULES/alerts.yml"
check "promtool accepts the example of a configuration" promtool check config "$RULES/prometheus.yml"
promtool test rules "$RULES/tests.yml" >"$TMP/rules" 2>&1 &
RULES_PID=$!

# ---- the same with short ranges, live ----

for file in rules alerts; do
	sed -E 's/\[(5|15)m\]/[10s]/g; s/offset 5m/offset 10s/; s/for: .*/for: 0s/' \
		"$RULES/$file.yml" >"$TMP/$file.yml"
done
sed 's/: 15s/: 1s/' "$RULES/prometheus.yml" >"$TMP/prometheus.yml"

ip netns exec "$B" "${WORLD[@]}" serve >"$TMP/server" &
STARTED+=($!)
wait_for_line "$TMP/server" $! '^ready' || bail "no server"
inside "$A" "${WORLD[@]}" kernel >"$TMP/before"
ip netns exec "$A" "$SKWATCH" export --netns self --interval 500ms >"$TMP/out" 2>"$TMP/err.export" &
EXPORT=$!
STARTED+=($EXPORT)
wait_for_line "$TMP/err.export" $EXPORT 'exporting at' || bail "no exporter: $(cat "$TMP/err.export")"
watch "$A" events --netns self --json -t established,close
ln -s "$OUT" "$TMP/events"
ip netns exec "$A" prometheus --config.file "$TMP/prometheus.yml" --storage.tsdb.path "$TMP/tsdb" \
	--web.listen-address 127.0.0.1:9090 --enable-feature=exemplar-storage 2>"$TMP/prometheus.log" &
PROMETHEUS=$!
STARTED+=($PROMETHEUS)

inside "$A" "${WORLD[@]}" world "$TMP" "$srcdir/contrib/grafana/skwatch.json" >"$TMP/judged" \
	2>"$TMP/world.err" || not_ok "the comparison ends" "$(tail -n 5 "$TMP/world.err")"
while IFS= read -r line; do
	case $line in
	"ok "*) ok "${line#ok }" ;;
	"not ok "*) not_ok "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done <"$TMP/judged"
is "$(grep -c '^ok\|^not ok' "$TMP/judged")" 8 "all comparisons were made"

# ---- the text itself ----

inside "$A" curl -s http://127.0.0.1:9910/metrics >"$TMP/metrics"
check "promtool accepts the metrics" promtool check metrics <"$TMP/metrics"
inside "$A" curl -s -H 'Accept: application/openmetrics-text' http://127.0.0.1:9910/metrics \
	>"$TMP/open"
is "$(tail -n 1 "$TMP/open")" "# EOF" "OpenMetrics has its end"
stop
is "$STATUS" 0 "events ends with status 0"
kill -TERM $EXPORT
wait $EXPORT
is $? 0 "export ends with status 0"
like "$(cat "$TMP/err.export")" ' 0 events lost' "no event was lost"
kill -TERM $PROMETHEUS
wait $PROMETHEUS
wait $RULES_PID
is $? 0 "the rules fire as tests.yml says" || cat "$TMP/rules"
done_testing
