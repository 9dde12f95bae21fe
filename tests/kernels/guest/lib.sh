# SPDX-License-Identifier: BSD-2-Clause
#
# What the checks in checks.d share; sourced before each of them, with -eu, so
# that a command that fails outside of `check` ends the check, as a failure.

ok() {
	echo "ok - $1"
}

# not_ok NAME [WHY]: the why may be several lines.
not_ok() {
	echo "not ok - $1"
	[ -z "${2:-}" ] || echo "$2" | sed 's/^/# /'
}

# check NAME COMMAND...: ok if the command succeeds; what it said, if not.
check() {
	check_name=$1
	shift
	if check_out=$("$@" 2>&1); then
		ok "$check_name"
	else
		not_ok "$check_name" "'$*' failed: $check_out"
	fi
}

# is NAME GOT WANTED: ok if both are the same text.
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$(printf 'got    %s\nwanted %s' "$2" "$3")"
	fi
}
