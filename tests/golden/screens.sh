#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Compares the screens that top draws for a recorded input and clock, as tmux shows them, with the
# pictures in tests/golden/screens/. After an intended change, look at the differences, then run
#
#	SKW_GOLDEN_UPDATE=1 make check TESTS=tests/golden/screens.sh
#
# to replace the pictures.
set -u
: "${srcdir:?where the sources are}" "${builddir:?where the programs are}"
player=$builddir/tests/golden/screen
pictures=$srcdir/tests/golden/screens
patience=60 # seconds for one picture

command -v tmux >/dev/null || { echo "1..0 # SKIP tmux is not installed"; exit 0; }
[ -x "$player" ] || { echo "Bail out! $player is not there"; exit 1; }

tmp=$(mktemp -d "${TMPDIR:-/tmp}/skw-screens-XXXXXX") || { echo "Bail out! no directory"; exit 1; }
socket=skw-screens-$$
tmux_() { LC_ALL=C.UTF-8 TMUX='' tmux -u -L "$socket" -f /dev/null "$@"; }
trap 'tmux_ kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

# All pictures use the same server, because a new server can find the socket of one that is ending.
tmux_ new-session -d -s keep -x 80 -y 24 cat \; set-option -g status off ||
	{ echo "Bail out! tmux does not start"; exit 1; }

count=0
failed=0

# picture NAME WIDTHxHEIGHT "VAR=VALUE..." "OPTION..." KEY...
picture() {
	local name=$1 width=${2%x*} height=${2#*x} vars=$3 options=$4 fd said capture=()
	shift 4
	count=$((count + 1))
	rm -f "$tmp/fifo"
	mkfifo "$tmp/fifo"
	exec {fd}<>"$tmp/fifo"
	[[ $name == *color* ]] && capture=(-e)
	# shellcheck disable=SC2086 # each has several words
	tmux_ new-session -d -s "picture$count" -x "$width" -y "$height" \
		env -u NO_COLOR -u LANG -u LC_CTYPE LC_ALL=C.UTF-8 TZ=UTC TERM=screen-256color $vars \
		"$player" $options "$pictures/database.rec" "$tmp/fifo" "$@"
	if ! IFS= read -r -t "$patience" -u "$fd" said; then
		echo "not ok $count - $name"
		echo "# the screen was not completed; it shows:"
		tmux_ capture-pane -p -t "picture$count" 2>&1 | sed 's/^/# /'
		failed=1
	else
		tmux_ capture-pane -p -t "picture$count" "${capture[@]}" >"$tmp/$name.txt"
		compare "$name"
	fi
	exec {fd}>&-
	tmux_ kill-session -t "picture$count" 2>/dev/null
}

compare() {
	if [ -n "${SKW_GOLDEN_UPDATE-}" ]; then
		cp "$tmp/$1.txt" "$pictures/$1.txt"
		echo "ok $count - $1 # replaced"
	elif diff -u "$pictures/$1.txt" "$tmp/$1.txt" >"$tmp/diff" 2>&1; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		sed 's/^/# /' "$tmp/diff"
		failed=1
	fi
}

now=('<Tick>' '<Tick>') # after the problems have begun
end=('<Tick>' '<Tick>' '<Tick>' '<Tick>')

# The list in different sizes and on different terminals.
picture list-80x24 80x24 "" "" "${now[@]}"
picture list-loading 80x24 "" "--loading"
picture list-first-tick 80x24 "" ""
picture list-120x30 120x30 "" "" "${now[@]}"
picture list-200x50 200x50 "" "" "${now[@]}"
picture list-40x10 40x10 "" "" "${now[@]}"
picture list-40x6 40x6 "" "" "${now[@]}"
picture too-narrow 39x24 "" "" "${now[@]}"
picture too-low 80x5 "" "" "${now[@]}"
picture list-color-256 100x16 "" "" "${now[@]}"
picture list-color-8 100x16 TERM=screen "" "${now[@]}"
picture list-no-color 100x16 "" --no-color "${now[@]}"
picture list-NO_COLOR-no-color 100x16 NO_COLOR=1 "" "${now[@]}"
picture list-ascii 120x24 "" --ascii "${now[@]}"
picture list-C-locale 120x24 LC_ALL=C "" "${now[@]}"
picture list-vt100 80x24 "TERM=vt100 LC_ALL=C" "" "${now[@]}"
picture list-closed 120x24 "" "" "${end[@]}"
picture listeners 100x16 "" "" "${now[@]}" l
picture detail-listener-wide 100x16 "" "" "${now[@]}" l '<End>' '<Enter>'

# Keys in the list.
picture selection-stays 100x16 "" "" '<Down>' "${now[@]}"
picture sorted-by-retrans 100x16 "" "" "${now[@]}" '<F6>' '<Home>' jjjjjjjjjj '<Enter>'
picture sorted-inverted 100x16 "" "" "${now[@]}" I
picture sort-menu 80x24 "" "" "${now[@]}" '<F6>'
picture sorted-by-owner 100x16 "" "" "${now[@]}" '>' '<Home>' '<Down>' '<Enter>'
picture sorted-at-once 132x40 "" "" "${now[@]}" P
picture sorted-at-once-again 80x24 "" "" "${now[@]}" P P
picture tagged 80x24 "" "" "${now[@]}" '<Down>' t '<Down>' t
picture tagged-only 40x10 "" "" "${now[@]}" '<Down>' t '<Down>' t o
picture followed 120x24 "" "" '<Down>' F "${end[@]}"
picture paused 80x24 "" "" "${now[@]}" Z
picture paused-stays 80x24 "" "" "${now[@]}" Z '<Tick>' '<Tick>' '<Down>'
picture paused-goes-on 80x24 "" "" "${now[@]}" Z '<Tick>' '<Tick>' '<Down>' Z
picture filtered 100x16 "" "" "${now[@]}" '<F4>' 'srtt > 1ms and comm ~ nginx' '<Enter>'
picture filter-option 100x16 "" "--filter retrans>2" "${now[@]}"
picture filter-wrong 80x24 "" "" "${now[@]}" '<F4>' 'srtt > 5xs'
picture filter-wrong-field 80x24 "" "" "${now[@]}" '<F4>' 'rto > 1 and nonsense'
picture filter-given-up 80x24 "" "" "${now[@]}" '<F4>' 'srtt > 5ms' '<Esc>'
picture searched 100x16 "" "" "${now[@]}" / ngin '<Enter>' n
picture searched-color 100x16 "" "" "${now[@]}" / ngin '<Enter>' n
picture search-in-vain 100x16 "" "" "${now[@]}" / nobody '<Enter>'
picture interval 100x16 "" "" "${now[@]}" d 2.5 '<Enter>'
picture interval-wrong 100x16 "" "" "${now[@]}" d 0 '<Enter>'
picture columns 80x24 "" "" "${now[@]}" '<F2>'
picture columns-chosen 100x16 "" "" "${now[@]}" '<F2>' ' ' '<Down>' + '<End>' ' ' '<Esc>'

# Groups.
picture group-process 100x16 "" "" "${now[@]}" '<F5>'
picture group-pid 80x24 "" "" "${now[@]}" '<F5>' '<F5>'
picture group-remote 80x24 "" "" "${now[@]}" '<F5>' '<F5>' '<F5>'
picture group-port 80x24 "" "" "${now[@]}" gggg
picture group-cgroup 80x24 "" "" "${now[@]}" ggggg
picture group-netns 132x40 "" "" "${now[@]}" gggggg
picture group-state 40x10 "" "" "${now[@]}" ggggggg
picture group-opened 100x16 "" "" "${now[@]}" '<F5>' / nginx '<Enter>' '<Enter>'
picture group-opened-and-back 80x24 "" "--filter pid>0" "${now[@]}" '<F5>' / nginx '<Enter>' '<Enter>' '<Esc>'
picture group-opened-pid 80x24 "" "" "${now[@]}" gg / 4121 '<Enter>' '<Enter>'
picture group-opened-cgroup 100x16 "" "" "${now[@]}" ggggg / postgres '<Enter>' '<Enter>'
picture group-opened-unknown 100x16 "" "" "${now[@]}" ggggg / -- '<Enter>' '<Enter>'

# The detail of a connection.
picture detail 80x40 "" "" "${now[@]}" / 51532 '<Enter>' '<Enter>'
picture detail-40x10 40x10 "" "" "${now[@]}" / 51532 '<Enter>' '<Enter>' '<Down>' '<Down>'
picture detail-120x30 120x30 "" "" "${now[@]}" '<Enter>'
picture detail-C-locale 80x40 LC_ALL=C "" "${now[@]}" / 51532 '<Enter>' '<Enter>'
picture detail-closes 80x40 "" "" / 51532 '<Enter>' '<Enter>' "${end[@]}"
picture detail-after-help 80x40 "" "" / 51532 '<Enter>' '<Enter>' '<F1>' "${end[@]}" '<Tick>' '<Esc>'
picture detail-fields 80x70 "" "" "${now[@]}" / 51532 '<Enter>' '<Enter>' '<Tab>'
picture detail-listener 80x24 "" "" "${now[@]}" l '<End>' '<Enter>'
picture help 80x60 "" "" "${now[@]}" '<F1>'
picture help-end 80x24 "" "" "${now[@]}" '<F1>' '<End>'

echo "1..$count"
exit $failed
