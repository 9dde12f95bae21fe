# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# A cgroup to judge, $TOP/in, and a server outside of it on the ports 7001 and 7002. A test sources
# this after lib_conns.sh.

A=skwt$$a
namespace "$A"
ip netns exec "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'
cgroup
TOP=$CGROUP
mkdir "$TOP/in" "$TOP/in/below" "$TOP/beside" || bail "no cgroups"
CALLS=(python3 "$srcdir/tests/live/policy_calls.py")

# in_cgroup DIRECTORY COMMAND...: in the namespace and in that cgroup below $TOP.
in_cgroup() {
	join_cgroup "$TOP/$1"
	shift
	nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" "$@"
}
policy() { # ARGUMENTS...: a policy that judges when this returns
	launch "$A" policy --cgroup "$TOP/in" "$@"
	wait_for_line "$ERR" "$PID" '^skwatch: judging ' && return
	not_ok "policy $* starts"
	exit 1
}
# connects DIRECTORY PORT: the name of the error of connect() to 127.0.0.1, or "ok".
connects() {
	in_cgroup "$1" python3 -c 'import errno, socket, sys
print(errno.errorcode.get(socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))), "ok"))' "$2"
}
programs() { bpftool cgroup show "$TOP/in" | grep -c skw_policy; }

join_cgroup "$TOP"
nsenter --net="/run/netns/$A" "${IN_CGROUP[@]}" "${CALLS[@]}" serve >"$TMP/server" &
SERVER=$!
STARTED+=("$SERVER")
wait_for_line "$TMP/server" "$SERVER" ready || bail "no server"
