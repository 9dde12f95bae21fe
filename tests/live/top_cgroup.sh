#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Cgroups: rows of one subtree only, short names of containers for people, whole paths for programs.
. "${srcdir:?}/tests/live/lib.sh"
. "$srcdir/tests/live/lib_conns.sh"
need_conns
pair
cgroup
ID=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
TOP=$CGROUP
mkdir "$TOP/docker-$ID.scope" "$TOP/web.service" || bail "no cgroups"

join_cgroup "$TOP/docker-$ID.scope"
conns "$A" hold v4 --peer "$B"
CONTAINER_PID=$CONNS_PID
join_cgroup "$TOP/web.service"
conns "$A" hold v4 --peer "$B" --port 7101
SERVICE_PID=$CONNS_PID
below=/${TOP##*/}

once "$A" --json -n 1 --netns self
is "$("${ROWS[@]}" get "$OUT" "pid == $CONTAINER_PID" cgroup)" "$below/docker-$ID.scope" \
	"JSON has the whole path"
is "$("${ROWS[@]}" get "$OUT" "pid == $CONTAINER_PID" cgroup_id)" \
	"$(stat -c %i "$TOP/docker-$ID.scope")" "and the number"
is "$("${ROWS[@]}" get "$OUT" "pid == $SERVICE_PID" cgroup)" "$below/web.service" "of each"

once "$A" -n 1 --netns self -g cgroup
like "$(cat "$OUT")" '^0123456789ab +1 ' "a container is shown by twelve digits of its id"
like "$(cat "$OUT")" '^web\.service +1 ' "a unit by its name"

once "$A" --json -n 1 --netns self -f 'cgroup ~ 0123456789ab'
is "$("${ROWS[@]}" get "$OUT" True pid)" "$CONTAINER_PID" "it can be asked for by those"

for path in "$TOP/web.service" "$below/web.service" "${below#/}/web.service"; do
	once "$A" --json -n 1 --netns self --cgroup "$path"
	is "$("${ROWS[@]}" get "$OUT" True pid)" "$SERVICE_PID" "--cgroup ${path/$TOP/MOUNT}: only those"
done
once "$A" --json -n 1 --netns self --cgroup "$TOP"
is "$("${ROWS[@]}" get "$OUT" True pid | sort -n | tr '\n' ' ')" \
	"$(printf '%s\n' "$CONTAINER_PID" "$SERVICE_PID" | sort -n | tr '\n' ' ')" \
	"--cgroup: and those below"
# Wherever the hierarchy is mounted, skwatch finds the mount that shows all of it, and never one that
# lies under another mount.
at=${TOP%/*}
elsewhere() { # NAME COMMANDS...: top in a mount namespace of its own, after these commands
	local name=$1
	shift
	unshare -m sh -c "$* && exec nsenter --net=/run/netns/$A $SKWATCH top -b --json -n 1 --netns self" \
		>"$TMP/elsewhere" 2>"$TMP/elsewhere.err"
	is "$? $(cat "$TMP/elsewhere.err")" "0 " "$name: status 0, and nothing to say"
	is "$("${ROWS[@]}" get "$TMP/elsewhere" "pid == $SERVICE_PID" cgroup)" "$below/web.service" \
		"$name: a row has its name"
}
mkdir "$TMP/part" "$TMP/whole"
elsewhere "only a part in sight before the whole" \
	mount --bind "$TOP" "$TMP/part" '&&' mount --bind "$at" "$TMP/whole" '&&' umount -l "$at"
elsewhere "a mount over it" mount -t tmpfs none "$at"
elsewhere "not mounted" umount -l "$at"
done_testing
