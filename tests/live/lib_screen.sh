# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests of the screen of top source this after lib.sh and lib_conns.sh: a real terminal (tmux), the
# keys that are typed there, and what is seen.
#
#	need_screen
#	pair
#	screens
#	top 80x24 --ascii
#	send c
#	shows 'REGEX' "what must be seen"
SOCKET=skwt$$
tmux_() { LC_ALL=C.UTF-8 TMUX='' tmux -u -L "$SOCKET" -f /dev/null "$@"; }
trap 'tmux_ kill-server 2>/dev/null; cleanup; cgroups_gone' EXIT
# The test has settings of its own, so that those of the user play no role.
export XDG_CONFIG_HOME=$TMP/config
unset NO_COLOR
# need_screen: says what is missing.
need_screen() { need tmux; }

# screens: starts tmux. The terminals are for $A.
screens() {
	tmux_ new-session -d -s keep -x 80 -y 24 cat \; set-option -g status off \; \
		set-option -g default-terminal screen-256color || bail "tmux does not start"
	NSENTER="nsenter --net=/run/netns/$A"
}

# shell WIDTHxHEIGHT: starts a shell in a terminal of that size.
shell() {
	tmux_ kill-session -t run 2>/dev/null
	tmux_ new-session -d -s run -x "${1%x*}" -y "${1#*x}" \
		env PS1='ready> ' LC_ALL=C.UTF-8 bash --norc --noprofile -i
	sees '^ready>' || bail "no shell"
}
shot() { tmux_ capture-pane -p -t run; }
send() { tmux_ send-keys -t run "$@"; }
of_pane() { tmux_ display-message -p -t run "#{$1}"; }

# sees REGEX: waits until a line of the terminal is like that. without REGEX: waits until none is.
sees() { becomes is_on_screen "$1"; }
without() { becomes is_not_on_screen "$1"; }
is_on_screen() { shot | grep -Eq -- "$1"; }
is_not_on_screen() { ! is_on_screen "$1"; }

# shows REGEX NAME, hides REGEX NAME: tests whether that happens.
shows() {
	if sees "$1"; then ok "$2"; else not_ok "$2" "never seen: $1" "$(shot | grep .)"; fi
}
hides() {
	if without "$1"; then ok "$2"; else not_ok "$2" "always seen: $1" "$(shot | grep .)"; fi
}

# wiped: whether the terminal has forgotten its screen. Output that it had not read yet draws on the
# empty screen, so try again with `becomes`.
wiped() {
	tmux_ send-keys -R -t run
	is_not_on_screen 'conns'
}
# wipes NAME: has it forget its screen.
wipes() {
	if becomes wiped; then ok "$1"; else not_ok "$1" "$(shot | grep .)"; fi
}

# top WIDTHxHEIGHT [VAR=VALUE...] [OPTION...]: starts top from a shell.
top() {
	local vars=() size=$1
	shift
	while [[ ${1-} == [A-Z]*=* ]]; do
		vars+=("$1")
		shift
	done
	shell "$size"
	types "${vars[*]} $NSENTER $SKWATCH top --netns self -d 0.2 $*"
}
# types COMMAND: types a command into the shell; its status is shown when it has ended.
types() {
	BEFORE=$(terminal)
	send "env $1 ; echo status=\$?" Enter
}
# terminal: the modes of the terminal.
terminal() {
	local tty
	tty=$(of_pane pane_tty)
	echo "$(stty -g <"$tty") alternate=$(of_pane alternate_on) mouse=$(of_pane mouse_any_flag)" \
		"cursor=$(of_pane cursor_flag)"
}
# as_before NAME: whether the modes are those from before the start. The line editor of the shell
# changes them for itself, so this waits until the shell runs a command.
as_before() {
	if becomes is_as_before; then
		ok "$1"
	else
		not_ok "$1" "before: $BEFORE" "after:  $(terminal)" "$(shot)"
	fi
}
is_as_before() { [ "$(terminal)" = "$BEFORE" ]; }
worker() { pgrep -P "$(of_pane pane_pid)" -x skwatch; }
