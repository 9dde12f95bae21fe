#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Captures by owner where addresses and ports are translated on this host, and across namespaces.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_owners.sh"
need root python3 nft
pair
ip -n "$A" addr add 10.77.0.3/24 dev eth0
ip -n "$B" neigh replace 10.77.0.3 lladdr 02:00:00:00:00:01 dev eth0
ip -n "$A" route add 198.51.100.0/24 via 10.77.0.2

rules() { # NS: reads them from standard input
	inside "$1" nft -f - 2>"$TMP/nft" || skip_all "nft: $(head -n 1 "$TMP/nft")"
}
rules "$A" <<'END'
table ip skw {
	chain after {
		type nat hook postrouting priority 100;
		oif eth0 ip protocol { tcp, udp } snat to 10.77.0.3:20000-20999
	}
	chain first {
		type nat hook output priority -100;
		ip daddr 198.51.100.1 dnat to 10.77.0.2
	}
}
END
rules "$B" <<'END'
table ip skw {
	chain before {
		type nat hook prerouting priority -100;
		tcp dport 80 redirect to :8000
	}
}
END

owned mine "$B" serve 0.0.0.0 8000 fork
owned theirs "$B" serve 0.0.0.0 8001 fork

# ---- a client whose source is translated ----
owned client "$A" quiet
begin "$A" eth0 --pid "${OWNER[client]}"
tell client "10.77.0.2 8000" 1
talk "$A" 10.77.0.2 8001 3
end "translated source"
exactly "translated source" "host 10.77.0.3 and port 8000"

# ---- and its destination as well ----
begin "$A" eth0 --pid "${OWNER[client]}"
tell client "198.51.100.1 8001" 2
talk "$A" 10.77.0.2 8000 3
end "translated destination"
exactly "translated destination" "host 10.77.0.3 and port 8001"

# ---- a server whose port is translated ----
begin "$B" eth0 --pid "${OWNER[mine]}"
for _ in 1 2 3; do inside "$A" python3 "$OWNED" many 10.77.0.2 80 1 || bail "many"; done
inside "$A" python3 "$OWNED" many 10.77.0.2 8001 1 || bail "many"
end "translated port"
exactly "translated port" "port 80"
# The first SYN came before anything told that it is for this server.
times=$("$SKWATCH" capture -r "$TMP/own.pcapng" -tt 2>/dev/null | sed 's/ .*//')
is "$(sort -n <<<"$times")" "$times" "in order of time"
like "$("$SKWATCH" capture -r "$TMP/own.pcapng" -c 1 2>/dev/null)" 'Flags \[S\],' "the SYN first"
is $(($(figure captured "$OWN_ERR") + $(sed -nE 's/.*\(([0-9]+) rejected.*/\1/p' "$OWN_ERR"))) \
	"$(figure seen "$OWN_ERR")" "the figures add up"

# ---- a process of another namespace, whose packets pass through here ----
begin "$B" eth0 --pid "${OWNER[client]}"
tell client "10.77.0.2 8001" 3
talk "$A" 10.77.0.2 8000 3
end "another namespace"
exactly "another namespace" "host 10.77.0.3 and port 8001"

done_testing
