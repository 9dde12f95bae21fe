# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests of bypass source this after lib.sh and lib_conns.sh, and make $CGROUP.

# bypass ARGUMENTS...: in the background, until it is attached.
bypass() {
	LAUNCHED=$((${LAUNCHED:-0} + 1))
	OUT=$TMP/out.$LAUNCHED ERR=$TMP/err.$LAUNCHED
	: >"$OUT" >"$ERR"
	"${as_typed[@]}" "$SKWATCH" bypass --cgroup "$CGROUP" "$@" >"$OUT" 2>"$ERR" </dev/null &
	PID=$!
	STARTED+=("$PID")
	wait_for_line "$ERR" "$PID" '^skwatch: bypassing TCP in ' && return
	not_ok "skwatch bypass $* starts"
	exit 1
}
