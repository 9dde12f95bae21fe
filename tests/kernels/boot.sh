#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# boot.sh KERNEL INITRAMFS DIR SECONDS: boots the kernel in the directory KERNEL on an emulated
# machine and waits until the machine turns itself off. The kernel writes to DIR/console. The
# guest's init writes to DIR/tap through its own serial port, so that no kernel message appears
# inside a test result. The exit status is 0, 124 if the machine still ran after SECONDS, or
# otherwise qemu's.
#
# SKW_KERNELS_ACCEL	qemu's -accel, default tcg: kvm is faster, but a machine
#			that is virtual itself may have it and hang in it
# SKW_KERNELS_CPU	qemu's -cpu, default Nehalem: programs that find AVX use it,
#			and its emulation is slow
set -eu

kernel=$1
initramfs=$2
dir=$3
seconds=$4

# panic=-1 with -no-reboot ends the run at once if the kernel panics. There are two processors to
# test per-CPU data with more than one. The kernel passes a parameter that it does not know (CHECKS)
# to init as a variable. With no_timer_check the kernel does not panic if an emulated timer comes
# late on a busy machine.
exec timeout -k 5 "$seconds" qemu-system-x86_64 \
	-accel "${SKW_KERNELS_ACCEL:-tcg}" -cpu "${SKW_KERNELS_CPU:-Nehalem}" -smp 2 -m 512 \
	-nodefaults -no-user-config -display none -no-reboot \
	-kernel "$kernel/vmlinuz" -initrd "$initramfs" \
	-append "console=ttyS0 panic=-1 oops=panic loglevel=6 mitigations=off no_timer_check CHECKS=${CHECKS:-*}" \
	-serial "file:$dir/console" -serial "file:$dir/tap" \
	</dev/null
