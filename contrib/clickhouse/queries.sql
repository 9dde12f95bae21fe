-- SPDX-License-Identifier: BSD-2-Clause
-- Questions about the events and messages of a fleet, for the tables of schema.sql and of
-- schema-18.16.sql. Each is about the last day; change that in its WHERE. A close has the figures of
-- its whole connection, so most questions are about closes.

-- name: who_talks_to_whom
-- Which program has opened connections to where, and how much has gone each way?
SELECT host, comm, remote_addr, remote_port, count() AS connections,
       sum(bytes_acked) AS bytes_sent, sum(bytes_received) AS bytes_got
FROM skwatch_events
WHERE type = 'close' AND direction = 'out' AND time > now() - 86400
GROUP BY host, comm, remote_addr, remote_port
ORDER BY bytes_sent + bytes_got DESC, host, comm, remote_addr, remote_port
LIMIT 100;

-- name: slowest_services
-- Which services are far away or slow to accept, as their clients see them?
SELECT remote_addr, remote_port, count() AS connections,
       quantileExact(0.5)(handshake_us) AS handshake_median_us,
       quantileExact(0.99)(handshake_us) AS handshake_p99_us
FROM skwatch_events
WHERE type = 'established' AND direction = 'out' AND time > now() - 86400
GROUP BY remote_addr, remote_port
ORDER BY handshake_p99_us DESC, remote_addr, remote_port
LIMIT 100;

-- name: slowest_messages
-- Which requests take long, and how many fail?
SELECT protocol, server_addr, server_port, kind, count() AS requests,
       quantileExact(0.5)(latency_us) AS median_us, quantileExact(0.99)(latency_us) AS p99_us,
       countIf(error = 1) AS errors, countIf(outcome = 'unanswered') AS unanswered
FROM skwatch_messages
WHERE time > now() - 86400
GROUP BY protocol, server_addr, server_port, kind
ORDER BY p99_us DESC, kind
LIMIT 100;

-- name: retransmits_by_zone
-- To which networks (/16 of IPv4) are segments sent again? Write your own zones into the multiIf().
SELECT multiIf(family != 'inet', 'IPv6',
               match(assumeNotNull(remote_addr), '^127\\.'), 'loopback',
               concat(extract(assumeNotNull(remote_addr), '^[0-9]+\\.[0-9]+'), '.0.0/16')) AS zone,
       sum(retrans_segs) AS retransmitted, sum(segs_out) AS sent,
       round(100 * sum(retrans_segs) / sum(segs_out), 3) AS percent
FROM skwatch_events
WHERE type = 'close' AND remote_addr IS NOT NULL AND segs_out > 0 AND time > now() - 86400
GROUP BY zone
ORDER BY percent DESC, zone;

-- name: failed_connects
-- Which connections were never established, and why? An error is one of connect() itself.
SELECT host, comm, remote_addr, remote_port,
       multiIf(type = 'connect', concat('errno ', toString(error)),
               close_reason IS NULL, 'unknown', toString(close_reason)) AS reason,
       count() AS failures
FROM skwatch_events
WHERE ((type = 'close' AND old_state = 'SYN_SENT') OR (type = 'connect' AND error != 0))
  AND time > now() - 86400
GROUP BY host, comm, remote_addr, remote_port, reason
ORDER BY failures DESC, host, comm, remote_addr, remote_port, reason
LIMIT 100;

-- name: both_ends_by_tuple
-- A connection as both of its hosts saw it, joined by addresses, ports and time. It finds nothing
-- where addresses are translated between the hosts.
SELECT client_host, client_comm, server_host, server_comm, client_srtt_us, server_srtt_us,
       client_sent, server_got, client_retrans, server_retrans
FROM (
    SELECT host AS client_host, comm AS client_comm, local_addr AS a, local_port AS ap,
           remote_addr AS b, remote_port AS bp, ts_ns AS client_ns, srtt_us AS client_srtt_us,
           bytes_acked AS client_sent, retrans_segs AS client_retrans
    FROM skwatch_events
    WHERE type = 'close' AND direction = 'out' AND time > now() - 86400
) AS clients
INNER JOIN (
    SELECT host AS server_host, comm AS server_comm, remote_addr AS a, remote_port AS ap,
           local_addr AS b, local_port AS bp, ts_ns AS server_ns, srtt_us AS server_srtt_us,
           bytes_received AS server_got, retrans_segs AS server_retrans
    FROM skwatch_events
    WHERE type = 'close' AND direction = 'in' AND time > now() - 86400
) AS servers
USING a, ap, b, bp
WHERE abs(client_ns - server_ns) < 120 * 1000000000
ORDER BY client_ns, client_host, ap
LIMIT 100;

-- name: both_ends_by_cookie
-- The same where `skwatch mark` tells each end the other's cookie: it is right behind any
-- translation of addresses.
SELECT client_host, client_comm, server_host, server_comm, client_srtt_us, server_srtt_us
FROM (
    SELECT host AS client_host, comm AS client_comm, cookie AS c, remote_cookie AS s,
           ts_ns AS client_ns, srtt_us AS client_srtt_us
    FROM skwatch_events
    WHERE type = 'close' AND direction = 'out' AND remote_cookie IS NOT NULL
      AND time > now() - 86400
) AS clients
INNER JOIN (
    SELECT host AS server_host, comm AS server_comm, remote_cookie AS c, cookie AS s,
           ts_ns AS server_ns, srtt_us AS server_srtt_us
    FROM skwatch_events
    WHERE type = 'close' AND direction = 'in' AND remote_cookie IS NOT NULL
      AND time > now() - 86400
) AS servers
USING c, s
WHERE abs(client_ns - server_ns) < 120 * 1000000000
ORDER BY client_ns, client_host
LIMIT 100;

-- name: gaps
-- Of which hosts are events missing, between the first and the last that came of a run? The number
-- of those that were dropped at its end is told by skwatch itself.
SELECT host, run, max(seq) AS last, uniqExact(seq) AS there, last - there AS missing
FROM skwatch_events
WHERE time > now() - 86400
GROUP BY host, run
HAVING missing > 0
ORDER BY missing DESC, host, run;

-- name: where_the_gaps_are
-- Between which numbers, and when?
SELECT host, run, before + 1 AS first_missing, after - 1 AS last_missing, time_before, time_after
FROM (
    SELECT host, run,
           arraySort(groupArray((seq, time))) AS sorted
    FROM skwatch_events
    WHERE time > now() - 86400
    GROUP BY host, run
)
ARRAY JOIN
    arrayMap(x -> x.1, arrayConcat([(toUInt64(0), toDateTime(0))], arrayPopBack(sorted))) AS before,
    arrayMap(x -> x.1, sorted) AS after,
    arrayMap(x -> x.2, arrayConcat([(toUInt64(0), toDateTime(0))], arrayPopBack(sorted))) AS time_before,
    arrayMap(x -> x.2, sorted) AS time_after
WHERE after > before + 1
ORDER BY host, run, first_missing
LIMIT 100;

-- name: doubles
-- How many lines came more than once and are not merged yet? A SELECT ... FINAL leaves them out.
SELECT host, count() - uniqExact(run, seq) AS doubles
FROM skwatch_events
WHERE time > now() - 86400
GROUP BY host
HAVING doubles > 0
ORDER BY doubles DESC, host;

-- name: timeouts_by_minute
-- When did retransmission timeouts come in a heap, and on how many hosts at once?
SELECT toStartOfMinute(time) AS minute, count() AS timeouts, uniqExact(host) AS hosts,
       max(backoff) + 1 AS most_in_a_row
FROM skwatch_events
WHERE type = 'rto' AND time > now() - 86400
GROUP BY minute
ORDER BY timeouts DESC, minute
LIMIT 20;

-- name: why_slow
-- What has held the senders up: the network, the peers' windows, or their own buffers?
SELECT host, comm, sum(busy_us) AS busy, round(100 * sum(rwnd_limited_us) / busy, 1) AS peer_percent,
       round(100 * sum(sndbuf_limited_us) / busy, 1) AS buffer_percent
FROM skwatch_events
WHERE type = 'close' AND busy_us > 0 AND time > now() - 86400
GROUP BY host, comm
ORDER BY busy DESC, host, comm
LIMIT 100;

-- name: resets_by_service
-- Which services end connections otherwise than by a FIN?
SELECT host, local_port, comm, count() AS connections,
       countIf(ifNull(close_reason, '') = 'reset_by_peer') AS by_peers, countIf(ifNull(close_reason, '') = 'reset_by_us') AS by_us,
       countIf(ifNull(close_reason, '') = 'timeout') AS timed_out
FROM skwatch_events
WHERE type = 'close' AND direction = 'in' AND time > now() - 86400
GROUP BY host, local_port, comm
HAVING by_peers + by_us + timed_out > 0
ORDER BY by_peers + by_us + timed_out DESC, host, local_port
LIMIT 100;

-- name: rtt_over_time
-- How has the round-trip time of connections developed?
SELECT toStartOfFiveMinute(time) AS since, count() AS connections,
       quantileExact(0.5)(srtt_us) AS median_us, quantileExact(0.99)(srtt_us) AS p99_us
FROM skwatch_events
WHERE type = 'close' AND srtt_us IS NOT NULL AND time > now() - 86400
GROUP BY since
ORDER BY since;

-- name: short_connections
-- Which programs open connections again and again that a pool would keep?
SELECT host, comm, remote_addr, remote_port, count() AS connections,
       countIf(age_us < 1000000) AS short, round(100 * short / connections, 1) AS percent
FROM skwatch_events
WHERE type = 'close' AND direction = 'out' AND close_reason = 'fin' AND time > now() - 86400
GROUP BY host, comm, remote_addr, remote_port
HAVING connections >= 10
ORDER BY short DESC, host, comm, remote_addr, remote_port
LIMIT 100;

-- name: accepts_by_minute
-- How many connections a minute has each service accepted at most?
SELECT host, comm, local_port, max(accepts) AS most_a_minute, sum(accepts) AS accepted
FROM (
    SELECT host, comm, local_port, toStartOfMinute(time) AS minute, count() AS accepts
    FROM skwatch_events
    WHERE type = 'established' AND direction = 'in' AND time > now() - 86400
    GROUP BY host, comm, local_port, minute
)
GROUP BY host, comm, local_port
ORDER BY most_a_minute DESC, host, local_port
LIMIT 100;
