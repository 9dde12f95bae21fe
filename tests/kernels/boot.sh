#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# boot.sh KERNEL INITRAMFS DIR SECONDS: boots the kernel in the directory
# KERNEL on an emulated machine and waits until that turns itself off. The
# kernel talks into DIR/console, the guest's init into DIR/tap through a serial
# port of its own, so that no kernel message ever lands within a test's result.
# Exit status: 0; 124 when it was not over after SECONDS; else qemu's.
#
# SKW_KERNELS_ACCEL	qemu's -accel, default tcg: kvm is faster, but a machine
#			that is virtual itself may have it and hang in it
set -eu

kernel=$1
initramfs=$2
dir=$3
seconds=$4

# panic=-1 with -no-reboot: a kernel that panics ends the run at once. Two
# processors, as what is per CPU should meet more than one. What the kernel does
# not know (CHECKS) becomes init's environment. no_timer_check: an emulated timer that
# comes late on a busy machine is no reason to panic.
exec timeout -k 5 "$seconds" qemu-system-x86_64 \
	-accel "${SKW_KERNELS_ACCEL:-tcg}" -cpu "${SKW_KERNELS_CPU:-max}" -smp 2 -m 512 \
	-nodefaults -no-user-config -display none -no-reboot \
	-kernel "$kernel/vmlinuz" -initrd "$initramfs" \
	-append "console=ttyS0 panic=-1 oops=panic loglevel=6 mitigations=off no_timer_check CHECKS=${CHECKS:-*}" \
	-serial "file:$dir/console" -serial "file:$dir/tap" \
	</dev/null
