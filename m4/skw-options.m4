dnl SPDX-License-Identifier: BSD-2-Clause
dnl The options of configure, and the report of missing packages.

AC_DEFUN([SKW_OPTIONS], [
AC_ARG_ENABLE([bpf], [AS_HELP_STRING([--disable-bpf],
	[build only what reads files: neither the kernel nor libbpf is needed])],
	[], [enable_bpf=yes])
AM_CONDITIONAL([BPF], [test "x$enable_bpf" = xyes])
AC_SUBST([SKW_BPF], [$enable_bpf])

AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make compiler warnings errors])],
	[], [enable_werror=no])
AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers],
	[build with AddressSanitizer and UndefinedBehaviorSanitizer])],
	[], [enable_sanitizers=no])
AC_ARG_ENABLE([fuzzing], [AS_HELP_STRING([--enable-fuzzing],
	[build the fuzz targets with libFuzzer (needs CC=clang)])],
	[], [enable_fuzzing=no])
AC_ARG_ENABLE([live-tests], [AS_HELP_STRING([--disable-live-tests],
	[leave tests that need root and network namespaces out of make check])],
	[], [enable_live_tests=yes])
AM_CONDITIONAL([LIVE_TESTS_ON],
	[test "x$enable_live_tests" = xyes && test "x$enable_bpf" = xyes])
AC_ARG_WITH([zstd], [AS_HELP_STRING([--without-zstd], [build without .zst captures])],
	[], [with_zstd=check])
AC_ARG_WITH([zlib], [AS_HELP_STRING([--without-zlib], [build without .gz captures])],
	[], [with_zlib=check])
AC_ARG_WITH([nghttp2], [AS_HELP_STRING([--without-nghttp2], [build without messages of HTTP/2])],
	[], [with_nghttp2=check])
AC_ARG_WITH([nettle], [AS_HELP_STRING([--without-nettle], [build without server names of QUIC])],
	[], [with_nettle=check])
AC_ARG_WITH([microhttpd], [AS_HELP_STRING([--without-microhttpd], [build export without HTTP])],
	[], [with_microhttpd=check])
AC_ARG_WITH([user], [AS_HELP_STRING([--with-user=NAME],
	[the user that the unprivileged process of root becomes (default: skwatch, else nobody)])],
	[AS_CASE([$with_user], [yes], [AC_MSG_ERROR([--with-user needs a name])],
		[no], [with_user=])], [with_user=])
AC_DEFINE_UNQUOTED([SKW_USER], ["$with_user"],
	[The user that the unprivileged process of root becomes, if it exists.])
skw_missing=
])

dnl SKW_MISS(WHAT, DEBIAN-PACKAGE): remember that something required is missing.
AC_DEFUN([SKW_MISS], [AS_VAR_APPEND([skw_missing], ["
  $1: install $2"])])

dnl Where Wireshark looks for programs that capture. If Wireshark is in another prefix, its folder is
dnl not used unless it is named, so that "make install" stays in its own prefix.
AC_DEFUN([SKW_EXTCAP], [
AC_ARG_WITH([extcapdir], [AS_HELP_STRING([--with-extcapdir=DIR],
	[the folder in which Wireshark looks for extcap programs, no for none (default: that of
	Wireshark in the same prefix, else LIBDIR/wireshark/extcap)])],
	[], [with_extcapdir=check])
skw_wireshark_dir=`$PKG_CONFIG --variable=extcapdir wireshark 2>/dev/null`
skw_prefix=$prefix
AS_IF([test "x$skw_prefix" = xNONE], [skw_prefix=$ac_default_prefix])
AS_CASE([$with_extcapdir],
	[yes], [AC_MSG_ERROR([--with-extcapdir needs a folder])],
	[no], [extcapdir=],
	[check], [AS_CASE([$skw_wireshark_dir],
		["$skw_prefix"/*], [extcapdir=$skw_wireshark_dir],
		[extcapdir='${libdir}/wireshark/extcap'])],
	[/*], [extcapdir=$with_extcapdir],
	[AC_MSG_ERROR([--with-extcapdir=$with_extcapdir: give an absolute name])])
AS_IF([test "x$enable_bpf" != xyes], [extcapdir=])
AC_SUBST([extcapdir])
AM_CONDITIONAL([EXTCAP], [test -n "$extcapdir"])
])

dnl Reports everything that is missing in one message, so that it can be installed at once.
AC_DEFUN([SKW_MISSING_REPORT], [
AS_IF([test -n "$skw_missing"],
	[AC_MSG_ERROR([something required is missing (names are Debian packages):$skw_missing
scripts/setup installs all of these packages.])])
])

AC_DEFUN([SKW_SUMMARY], [
AS_ECHO(["
skwatch $PACKAGE_VERSION
  compiler          $CC
  warnings fatal    $enable_werror
  sanitizers        $skw_sanitizers
  hardening         $skw_hardening
  BPF and live part $skw_bpf_summary
  link for Wireshark ${extcapdir:-no}
  unprivileged user ${with_user:-skwatch, else nobody}
  .zst captures     $skw_have_zstd
  .gz captures      $skw_have_zlib
  HTTP/2 and gRPC   $skw_have_nghttp2
  names of QUIC     $skw_have_nettle
  HTTP of export    $skw_have_microhttpd
  unit tests        $skw_have_cmocka
  fuzzing           $skw_fuzz_summary
  lint tools        $skw_lint_summary
"])
])
