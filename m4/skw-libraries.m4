dnl SPDX-License-Identifier: BSD-2-Clause
dnl Finds the libraries. Each is named with its Debian package.

AC_DEFUN([SKW_LIBRARIES], [
PKG_PROG_PKG_CONFIG
AS_IF([test -z "$PKG_CONFIG"], [SKW_MISS([pkg-config], [pkg-config])])

PKG_CHECK_MODULES([PCAP], [libpcap >= 1.10], [], [SKW_MISS([libpcap >= 1.10], [libpcap-dev])])
PKG_CHECK_MODULES([JANSSON], [jansson >= 2.10], [], [SKW_MISS([jansson >= 2.10], [libjansson-dev])])
PKG_CHECK_MODULES([CAPNG], [libcap-ng], [], [SKW_MISS([libcap-ng], [libcap-ng-dev])])
PKG_CHECK_MODULES([SECCOMP], [libseccomp >= 2.5], [], [SKW_MISS([libseccomp >= 2.5], [libseccomp-dev])])
PKG_CHECK_MODULES([NCURSES], [ncursesw], [], [SKW_MISS([ncursesw], [libncurses-dev])])

AS_IF([test "x$enable_bpf" = xyes], [
PKG_CHECK_MODULES([LIBBPF], [libbpf >= 1.1], [], [SKW_MISS([libbpf >= 1.1], [libbpf-dev])])
PKG_CHECK_MODULES([LIBELF], [libelf], [], [SKW_MISS([libelf], [libelf-dev])])
])

SKW_OPTIONAL_LIBRARY([zstd], [ZSTD], [libzstd], [libzstd-dev])
SKW_OPTIONAL_LIBRARY([zlib], [ZLIB], [zlib], [zlib1g-dev])
SKW_OPTIONAL_LIBRARY([nettle], [NETTLE], [nettle >= 3.4], [nettle-dev])
SKW_OPTIONAL_LIBRARY([microhttpd], [MICROHTTPD], [libmicrohttpd >= 0.9.71], [libmicrohttpd-dev])
SKW_OPTIONAL_LIBRARY([nghttp2], [NGHTTP2], [libnghttp2 >= 1.43], [libnghttp2-dev])
])

dnl SKW_OPTIONAL_LIBRARY(OPTION, PREFIX, MODULE, PACKAGE): use the library if it is
dnl found. --without-OPTION turns it off. With --with-OPTION it must be found.
AC_DEFUN([SKW_OPTIONAL_LIBRARY], [
skw_have_$1=no
AS_CASE([$with_$1],
	[no], [],
	[yes], [PKG_CHECK_MODULES([$2], [$3], [skw_have_$1=yes], [SKW_MISS([$3], [$4])])],
	[PKG_CHECK_MODULES([$2], [$3], [skw_have_$1=yes], [skw_have_$1="no (install $4)"])])
AS_IF([test "x$skw_have_$1" = xyes],
	[AC_DEFINE([HAVE_$2], [1], [Define to 1 when $3 was found.])])
AM_CONDITIONAL([$2], [test "x$skw_have_$1" = xyes])
])
