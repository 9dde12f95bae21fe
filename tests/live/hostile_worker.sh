#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A worker that an attacker has taken over can do no harm. A library in it makes more than a hundred
# attempts after the privileges were dropped: tests/live/hostile_worker/run list prints them. Each
# must be refused, for each command and for each kind of user that started it.
#
# HOSTILE_SETUPS and HOSTILE_USERS in the environment name the parts to run (default: all).
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need root
cgroup
HOSTILE=$builddir/tests/live/hostile_worker
[ -x "$HOSTILE/run" ] || bail "$HOSTILE/run is not there"
getent passwd nobody >/dev/null || skip_all "there is no user nobody"

# The programs where every user can run them.
install -m 755 "$SKWATCH" "$TMP/skwatch"
install -m 755 "$HOSTILE/worker.so" "$TMP/worker.so"
A=skwt$$a
namespace "$A"
cable "$A" eth0 "$A" eth1
mkdir "$TMP/bpf"
: >"$TMP/keys" # a key log that every user can read
ip netns exec "$A" "$builddir/tests/live/server" serve A 0.0.0.0 7777 >"$TMP/server" &
SERVER=$!
STARTED+=("$SERVER")
wait_for_line "$TMP/server" "$SERVER" '^ready' || bail "no server"

# The capabilities, by number, that the messages of these commands ask for: CAP_NET_ADMIN,
# CAP_NET_RAW, CAP_PERFMON, CAP_BPF.
CAPTURE_CAPS=12,13,38,39
WATCH_CAPS=12,38,39

# attack DIR USER OPTION... COMMAND: makes the attempts on skwatch, in file systems and names of their
# own. The results are in $RESULTS.
attack() {
	local dir=$1 user=$2
	shift 2
	RESULTS=$dir.tsv
	mkdir -p "$dir"
	nsenter --net="/run/netns/$A" unshare --mount --uts --propagation private \
		sh -c 'mount -t bpf none "$0" && exec "$@"' "$TMP/bpf" \
		"$HOSTILE/run" try --library "$TMP/worker.so" --dir "$dir" --bpffs "$TMP/bpf" "$@" \
		>"$RESULTS" 2>"$dir.err"
}

# The attempts that succeed, as SECURITY.md says: their names with a space behind each.
known() {
	case $1 in relay-sockmap,*)
		# To the maps of this relay; the attempt with the filter puts a number into one of them.
		printf '%s ' map-update map-delete filter-replace ring-map globals-write
		;;
	esac
	# A relay connects. Which ports, only Landlock knows.
	case $1 in relay*) has_landlock_ports || printf 'connect-waiting ' ;; esac
}
has_landlock_ports() { printf '6.7\n%s\n' "$(uname -r)" | sort -V -C; }

# judge NAME: a line of TAP for each group of attempts.
judge() {
	local group all bad known
	cut -f2 "$RESULTS" | uniq >"$TMP/groups"
	known=$(known "$1")
	while IFS= read -r group; do
		all=$(awk -F'\t' -v g="$group" '$2 == g && $1 != "absent"' "$RESULTS" | wc -l)
		[ "$all" -gt 0 ] || continue
		bad=$(awk -F'\t' -v g="$group" -v known=" $known" '
			$1 == "refused" || $1 == "absent" || $1 == "ended" { next }
			$1 == "killed" && $5 == "Bad system call" { next } # by seccomp
			$1 == "SUCCEEDED" && index(known, " " $3 " ") { next }
			$2 == g { print $1 ": " $4 ($5 ? " (" $5 ")" : "") }' "$RESULTS")
		if [ -z "$bad" ]; then
			ok "$1: $group: none of $all attempts succeeds${known:+, but those that are documented}"
		else
			ERR='' not_ok "$1: $group: none of $all attempts succeeds" "$bad"
		fi
	done <"$TMP/groups"
}

# A file for -r that does not end: the worker waits for more of it.
feed=(--input "$TMP/input" --sample "$srcdir/pcap-samples/arp.pcap")

# try SETUP USER
try() {
	local setup=$1 user=$2 dir=$TMP/$1-$2 options=() command=() caps=$CAPTURE_CAPS
	unset HOSTILE_SENDS
	mkdir "$dir.out"
	case $setup in
	lines) command=(capture -i eth0) ;;
	write) command=(capture -i eth0 -w "$dir.out/f.pcapng" -C 1 -W 4 -z true) ;;
	any)
		command=(capture -i any -w "$dir.out/%{comm}-%{event}" --format pcapng --on rto
			--max-triggers 4 --keylog "$TMP/keys")
		;;
	top) command=(top -b --netns self) caps=$WATCH_CAPS ;;
	screen) command=(top --netns self --capture-dir "$dir.out") options=(--screen) ;;
	events) command=(events --netns self) caps=$WATCH_CAPS ;;
	events-to)
		command=(events --netns self --to http://127.0.0.1:7777/ --spool "$dir.out" --spool-size 1M)
		caps=$WATCH_CAPS
		export HOSTILE_SENDS=1
		;;
	export)
		command=(export --netns self --listen 127.0.0.1:9910 --textfile "$dir.out/f.prom" --interval 1s)
		caps=$WATCH_CAPS
		;;
	kill) command=(kill --netns self -f 'lport = 1') options=(--talk) caps=$WATCH_CAPS ;;
	kill-dry) command=(kill --dry-run --netns self -f 'lport = 1') caps=$WATCH_CAPS ;;
	steer) command=(steer --follow --to "$SERVER:7777" 7) ;;
	policy) command=(policy --cgroup "$CGROUP" 'deny connect to 192.0.2.0/24') ;;
	mark) command=(mark --cgroup "$CGROUP") ;;
	bypass) command=(bypass --cgroup "$CGROUP") ;;
	bypass-write) command=(bypass --cgroup "$CGROUP" -w "$dir.out/f.pcapng") ;;
	relay) command=(relay 127.0.0.1:8001 127.0.0.1:7777) ;;
	relay-sockmap) command=(relay --engine sockmap 127.0.0.1:8001 127.0.0.1:7777) ;;
	read) command=(capture -r "$TMP/input" -w "$dir.out/f.pcap") ;;
	read-lines) command=(capture -r "$TMP/input") ;;
	command) command=(capture -i eth0 -w "$dir.out/f.pcapng" --no-events --no-owner -- sleep 0.3) ;;
	esac
	case $setup in
	write) options=(--output "$dir.out/f.pcapng0") ;;
	any | bypass-write) options=(--output "$dir.out/f.pcapng") ;;
	read) options=(--output "$dir.out/f.pcap" "${feed[@]}") ;;
	read-lines) options=("${feed[@]}") ;;
	esac
	case $user in
	root) ;;
	Z)
		command+=(-Z nobody)
		chown nobody "$dir.out"
		;;
	user)
		options+=(--uid 54321)
		chown 54321 "$dir.out"
		case $setup in read*) ;; *) options+=(--caps "$caps") ;; esac
		;;
	esac
	attack "$dir" "$user" "${options[@]}" "$TMP/skwatch" "${command[@]}" || {
		not_ok "$setup, $user: all attempts are made" "$(cat "$dir.err")"
		return
	}
	judge "$setup, $user"
	if [ "$setup" = screen ]; then
		# A session begins again after each attempt that kills it; no attempt has another name.
		is "$(find "$dir.out" -mindepth 1 ! -name 'skwatch-*-a_.._b-1*.pcapng')" "" \
			"$setup, $user: a capture makes only files that the keeper names"
		like "$(grep -P '\tpick-second\t' "$RESULTS")" '^refused.*(EINVAL|EBUSY)' \
			"$setup, $user: one capture is permitted, and no second one beside it"
	fi
	# The names of triggers' files are made of what the worker sends.
	if [ "$setup" = any ]; then
		is "$(find "$TMP" -name '*stolen*' ! -path "$TMP/*.out/_*")" "" "$setup, $user: no file is made elsewhere"
		is "$(find "$dir.out" -mindepth 1 | wc -l)" 4 "$setup, $user: and no more than --max-triggers"
	fi
	[ "$setup" != events-to ] ||
		like "$(grep -P '\tconnect-often\t' "$RESULTS")" '^refused.*EAGAIN' \
			"$setup, $user: the attacker knows the verb that connects"
	# An attempt that has listed no connection proves nothing.
	case $setup in screen | kill | kill-dry)
		like "$(grep -P '\tkill-unasked\t' "$RESULTS")" '^refused.*EPERM' \
			"$setup, $user: the attacker knows the verbs that end connections"
		;;
	esac
	case $setup in write | any | top | screen | events | events-to | export | steer | policy | mark | bypass* | kill | kill-dry | read)
		# If the library took another process for the keeper, it would prove nothing.
		like "$(grep -P '\tkill-keeper\t' "$RESULTS")" '^(refused|killed|SUCCEEDED)' \
			"$setup, $user: the attacker knows the keeper"
		;;
	esac
}

# try_minder: the command of a capture has a process beside it that keeps its privileges. Each refusal
# ends the session, so these attempts are made alone.
try_minder() {
	try command root
	is "$(cut -f 1-3 "$RESULTS" | grep -P '\tmessages to the minder\t' | grep -vc '^absent')" 7 \
		"command, root: the attacker knows the minder"
}

# Before the privileges are dropped, attempts succeed: so it is not their own fault if they fail
# later. Attempts that would harm the machine, and those on held descriptors, are left out there.
attack "$TMP/witness" root --witness --output "$TMP/witness.pcap" "$TMP/skwatch" capture -i eth0 \
	-w "$TMP/witness.pcap" || bail "witness: $(cat "$TMP/witness.err")"
succeeded=$(lines_like "$RESULTS" '^SUCCEEDED')
if [ "$succeeded" -ge 100 ]; then
	ok "with privileges, the attempts succeed"
	grep -E '^(refused|killed|ended|HUNG)' "$RESULTS" | sed 's/^/# with privileges: /'
else
	not_ok "with privileges, the attempts succeed" "only $succeeded" "$(cat "$RESULTS")"
fi

# With --yes nobody is asked, and the same requests end a connection that was listed.
mkdir "$TMP/yes.out"
attack "$TMP/yes" root "$TMP/skwatch" kill --yes --netns self -f 'lport = 1' || bail "yes: $(cat "$TMP/yes.err")"
like "$(grep -P '\tkill-unasked\t' "$RESULTS")" '^SUCCEEDED' "with --yes, a request ends a connection"

for user in ${HOSTILE_USERS-root Z user}; do
	for setup in ${HOSTILE_SETUPS-lines write any top screen events events-to export steer policy mark bypass bypass-write relay relay-sockmap kill kill-dry read read-lines}; do
		case $setup-$user in
		command-*) try_minder ;;
		top-Z | screen-Z | events-Z | events-to-Z | export-Z | steer-Z | kill-Z | kill-dry-Z) ;; # These have no -Z.
		steer-user) ;; # The server is root's.
		policy-* | mark-* | bypass-* | relay-*) [ "$user" != root ] || try "$setup" "$user" ;;
		*) try "$setup" "$user" ;;
		esac
	done
done
[ -n "${HOSTILE_SETUPS-}" ] || try_minder
done_testing
