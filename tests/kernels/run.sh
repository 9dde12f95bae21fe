#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [KERNEL...]: runs the checks of guest/checks.d on each kernel, on all kernels at the same
# time, and prints one TAP stream. README.md explains how the parts work together.
#
# SKW_KERNELS	which kernels, default "6.1 6.12 7.3 running"
# SKW_KERNELS_BRIEF	a kernel whose checks are those that tell most of a kernel: features,
#		the verifier, losses, connections, datagrams and messages
# CHECKS	which checks (a pattern, as 10-*), default all
# SKW_KERNELS_SECONDS	how long one kernel may take, default 900
set -u

here=$(cd "$(dirname "$0")" && pwd)
builddir=${builddir:-$(cd "$here/../.." && pwd)/build}
kernels=${*:-${SKW_KERNELS:-6.1 6.12 7.3 running}}
seconds=${SKW_KERNELS_SECONDS:-900}
PATH=$PATH:/usr/sbin:/sbin
export PATH

work=$(mktemp -d)
cgroup=
cleanup() {
	trap - EXIT
	[ -z "$(jobs -p)" ] || kill $(jobs -p) 2>/dev/null
	wait
	[ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} +
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 99' HUP INT TERM

if [ "${SKW_BPF:-yes}" = no ]; then
	echo "1..0 # SKIP this build has no BPF"
	exit 0
fi

# The guest gets these programs besides busybox. tcpdump checks the files that skwatch writes.
programs=
for program in features left verify; do
	programs="$programs $builddir/tests/kernels/$program"
done
programs="$programs $builddir/tests/live/traffic $builddir/tests/live/conns $builddir/tests/live/server $builddir/skwatch"
for program in run worker.so; do
	programs="$programs $builddir/tests/live/hostile_worker/$program"
done
for object in "$builddir"/bpf/*.bpf.o; do
	programs="$programs $object"
done
for program in ip tcpdump; do
	programs="$programs $(command -v $program || echo $program)"
done
for program in $programs; do
	[ -r "$program" ] || {
		echo "Bail out! $program is missing"
		exit 99
	}
done

# Prints the reason if no kernel can be booted here.
cannot_boot() {
	if [ "$(uname -m)" != x86_64 ]; then
		echo "the kernels are for x86_64, this is $(uname -m)"
		return
	fi
	for tool in qemu-system-x86_64 busybox cpio xz zstd; do
		command -v $tool >/dev/null || echo "$tool is not installed"
	done | head -n 1
}

cannot_chroot() {
	if [ "$(id -u)" != 0 ]; then
		echo "only root may try BPF programs on the running kernel"
		return
	fi
	for tool in unshare busybox cpio; do
		command -v $tool >/dev/null || echo "$tool is not installed"
	done | head -n 1
}

# Both functions write tap and console in $dir, or skip with the reason.
run_booted() {
	cannot_boot >"$dir/skip"
	[ ! -s "$dir/skip" ] || return 0
	kernel=$("$here/fetch.sh" "$1" 2>"$dir/fetch")
	case $? in
	0) ;;
	77) tail -n 1 "$dir/fetch" >"$dir/skip" && return 0 ;;
	*) cat "$dir/fetch" >"$dir/console" && return 1 ;;
	esac
	"$here/initramfs.sh" "$kernel" "$dir/initramfs" $programs 2>"$dir/console" || return 1
	[ "$1" != "${SKW_KERNELS_BRIEF:-}" ] || export CHECKS="${CHECKS:-[14689]*}"
	exec "$here/boot.sh" "$kernel" "$dir/initramfs" "$dir" "$seconds" 2>"$dir/qemu"
}

# The running kernel has no guest. The same tree is the root directory of processes that have their
# own mounts, network, process ids and cgroups (below $cgroup), and that end with the first of them.
make_cgroup() {
	cgroup=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' \
		/proc/self/mountinfo)/skwatch-kernels-$$
	mkdir "$cgroup" 2>/dev/null || : # run_here tells why it can't
}

run_here() {
	cannot_chroot >"$dir/skip"
	[ ! -s "$dir/skip" ] || return 0
	"$here/initramfs.sh" "" "$dir/initramfs" $programs 2>"$dir/console" || return 1
	mkdir "$dir/root"
	(cd "$dir/root" && cpio --quiet -id <"$dir/initramfs") 2>"$dir/console" || return 1
	exec timeout -k 5 "$seconds" sh -euc 'echo $$ >"$1/cgroup.procs"; shift
		exec unshare --mount --net --pid --cgroup --fork --kill-child "$@"' sh "$cgroup" sh -euc '
		mount --bind "$1" "$1" # ip requires a root that is a mount
		cd "$1"
		mount --rbind /dev dev
		mount -t proc proc proc
		mount -t sysfs sys sys
		mount -t tmpfs run run
		mount -t tmpfs tmp tmp
		mount -t cgroup2 cgroup sys/fs/cgroup
		mount -t bpf bpf sys/fs/bpf
		chroot . /bin/busybox --install -s /bin
		chroot . /bin/ip link set lo up
		exec chroot . /bin/busybox env -i PATH=/bin HOME=/root LC_ALL=C CHECKS="$2" /run-checks
	' sh "$dir/root" "${CHECKS:-*}" </dev/null >"$dir/tap" 2>"$dir/console"
}

for kernel in $kernels; do
	dir=$work/$kernel
	mkdir "$dir"
	: >"$dir/tap"
	[ "$kernel" != running ] || make_cgroup
	case $kernel in
	running) run_here ;;
	*) run_booted "$kernel" ;;
	esac &
	echo $! >"$dir/pid"
done

number=0
for kernel in $kernels; do
	dir=$work/$kernel
	wait "$(cat "$dir/pid")"
	status=$?
	awk -v kernel="$kernel" -v number="$number" -v status="$status" \
		-v reason="$(cat "$dir/skip" 2>/dev/null)" -f "$here/tap.awk" "$dir/tap" >"$dir/result"
	cat "$dir/result"
	if grep -q '^not ok .*: came to its end' "$dir/result"; then
		cat "$dir/qemu" "$dir/console" 2>/dev/null | tail -n 60 | tr -d '\r' | sed 's/^/# | /'
	fi
	number=$((number + $(grep -c '^\(not \)\{0,1\}ok ' "$dir/result")))
done
echo "1..$number"
