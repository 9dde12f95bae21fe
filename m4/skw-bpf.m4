dnl SPDX-License-Identifier: BSD-2-Clause
dnl Finds the tools that turn bpf/*.bpf.c into skeleton headers.

AC_DEFUN([SKW_BPF_TOOLS], [
AC_ARG_VAR([BPF_CLANG], [clang for the BPF programs])
AC_ARG_VAR([BPFTOOL], [bpftool, which makes the skeletons])
skw_bpf_summary="no (--disable-bpf)"
AS_IF([test "x$enable_bpf" = xyes], [
skw_path=$PATH:/usr/sbin:/sbin
AC_PATH_PROGS([BPF_CLANG], [clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14], [],
	[$skw_path])
AS_IF([test -z "$BPF_CLANG"], [SKW_MISS([clang], [clang])],
	[AC_MSG_CHECKING([whether $BPF_CLANG has the bpf target])
	echo 'int skw(void) { return 0; }' > conftest.bpf.c
	AS_IF([$BPF_CLANG -O2 -g -target bpf -mcpu=v3 -c conftest.bpf.c -o conftest.bpf.o 2>&AS_MESSAGE_LOG_FD],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no]); SKW_MISS([clang with -target bpf], [clang])])
	rm -f conftest.bpf.c conftest.bpf.o])
AC_PATH_PROGS([BPFTOOL], [bpftool], [], [$skw_path])
AS_IF([test -z "$BPFTOOL"], [SKW_MISS([bpftool], [bpftool])])
AS_CASE([$host_cpu],
	[x86_64|i?86], [BPF_ARCH=x86],
	[aarch64], [BPF_ARCH=arm64],
	[arm*], [BPF_ARCH=arm],
	[powerpc*], [BPF_ARCH=powerpc],
	[s390x], [BPF_ARCH=s390],
	[riscv*], [BPF_ARCH=riscv],
	[loongarch*], [BPF_ARCH=loongarch],
	[mips*], [BPF_ARCH=mips],
	[AC_MSG_ERROR([$host_cpu: unknown architecture; use --disable-bpf to build the rest])])
AC_SUBST([BPF_ARCH])
skw_bpf_summary="yes (libbpf `$PKG_CONFIG --modversion libbpf 2>/dev/null`, $BPF_CLANG)"
AC_DEFINE([HAVE_BPF], [1], [Define to 1 when the live part is built.])
])
])
