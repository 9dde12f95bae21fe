# SPDX-License-Identifier: BSD-2-Clause
# skwatch check finds on each kernel what that kernel has.

# state NAME: the state of that line.
state() {
	sed -n "s/^  \([a-z]*\) *$1  .*/\1/p" report
}

status=0
skwatch check >report 2>said || status=$?
# since MAJOR MINOR NAME: works from that version on, and is limited before.
release=$(uname -r)
major=${release%%.*}
minor=${release#*.}
minor=${minor%%[!0-9]*}
since() {
	if [ "$major" -gt "$1" ] || { [ "$major" -eq "$1" ] && [ "$minor" -ge "$2" ]; }; then
		is "check: $3" "$(state "$3")" ok
	else
		is "check: $3, before $1.$2" "$(state "$3")" limited
	fi
}
for part in 'ring buffer' 'capture program' 'filter program' 'packet socket' \
	'iterator of TCP sockets' 'iterator of UDP sockets' 'iterator of open files' \
	'programs at the cgroup' 'other network namespaces' 'seccomp'; do
	is "check: $part" "$(state "$part")" ok
done
since 6 2 'filters read in place'
since 6 12 'callbacks of older sockets'
since 6 10 'RTT of each sample'
# It ends with 0 if the three commands run in full.
if [ "$(grep -cE '^  ok +(capture|top|events)$' report)" -eq 3 ]; then wanted=0; else wanted=1; fi
is "check: its status" "$status" "$wanted"
is "check: no part is unknown" "$(grep '^  unknown' report || :)" ""
[ "${SKW_ALONE:-}" != yes ] || check "check: nothing stays loaded" left
