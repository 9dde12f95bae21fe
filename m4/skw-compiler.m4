dnl SPDX-License-Identifier: BSD-2-Clause
dnl Our own compiler and linker flags, apart from the user's.

dnl SKW_TRY_CFLAG(FLAG, VARIABLE): append FLAG to VARIABLE if the compiler takes it.
AC_DEFUN([SKW_TRY_CFLAG], [
AC_MSG_CHECKING([whether $CC takes $1])
skw_saved_cflags=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes]); AS_VAR_APPEND([$2], [" $1"])],
	[AC_MSG_RESULT([no])])
CFLAGS=$skw_saved_cflags
])

dnl SKW_TRY_LDFLAG(FLAG, VARIABLE): append FLAG to VARIABLE if the linker takes it.
AC_DEFUN([SKW_TRY_LDFLAG], [
AC_MSG_CHECKING([whether the linker takes $1])
skw_saved_cflags=$CFLAGS
skw_saved_ldflags=$LDFLAGS
CFLAGS="$CFLAGS $SKW_CFLAGS -Werror"
LDFLAGS="$LDFLAGS $1"
AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes]); AS_VAR_APPEND([$2], [" $1"])],
	[AC_MSG_RESULT([no])])
CFLAGS=$skw_saved_cflags
LDFLAGS=$skw_saved_ldflags
])

AC_DEFUN([SKW_COMPILER_FLAGS], [
SKW_WARN=
SKW_CFLAGS=
SKW_LDFLAGS=
SKW_TRY_CFLAG([-std=gnu11], [SKW_CFLAGS])
SKW_TRY_CFLAG([-fno-strict-aliasing], [SKW_CFLAGS])
dnl File names in the objects begin at the top of the source, wherever source and
dnl build are, so that the same source gives the same bytes. Make knows both places.
skw_map=
SKW_TRY_CFLAG([-ffile-prefix-map=a=b], [skw_map])
AS_IF([test -n "$skw_map"],
	[SKW_MAP_CFLAGS='-ffile-prefix-map=$(top_srcdir)/= -ffile-prefix-map=$(abs_top_builddir)=.'])
AC_SUBST([SKW_MAP_CFLAGS])
m4_foreach_w([skw_flag], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
	-Wold-style-definition -Wwrite-strings -Wpointer-arith -Wvla],
	[SKW_TRY_CFLAG(skw_flag, [SKW_WARN])])
AS_IF([test "x$enable_werror" = xyes], [AS_VAR_APPEND([SKW_WARN], [" -Werror"])])

AC_MSG_CHECKING([whether CFLAGS ask for optimisation])
AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifndef __OPTIMIZE__
#error no
#endif
]])], [skw_optimised=yes], [skw_optimised=no])
AC_MSG_RESULT([$skw_optimised])

AS_IF([test "x$enable_sanitizers" = xyes || test "x$enable_fuzzing" = xyes],
	[skw_hardening="no (sanitizers)" skw_sanitizers=yes
	skw_san="-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all"
	AS_IF([test "x$enable_fuzzing" = xyes], [skw_san="$skw_san -fsanitize=fuzzer-no-link"])
	AC_MSG_CHECKING([whether $CC takes $skw_san])
	skw_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $skw_san"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		SKW_MISS([the sanitizers of $CC], [libclang-rt-dev (clang) or gcc])])
	CFLAGS=$skw_saved_cflags
	AS_VAR_APPEND([SKW_CFLAGS], [" $skw_san"])
	AS_VAR_APPEND([SKW_LDFLAGS], [" $skw_san"])],
	[skw_hardening=yes skw_sanitizers=no
	SKW_TRY_CFLAG([-fPIE], [SKW_CFLAGS])
	SKW_TRY_CFLAG([-fstack-protector-strong], [SKW_CFLAGS])
	SKW_TRY_CFLAG([-fstack-clash-protection], [SKW_CFLAGS])
	AS_IF([test $skw_optimised = yes],
		[AS_VAR_APPEND([SKW_CPPFLAGS], [" -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])])
	SKW_TRY_LDFLAG([-pie], [SKW_LDFLAGS])
	SKW_TRY_LDFLAG([-Wl,-z,relro], [SKW_LDFLAGS])
	SKW_TRY_LDFLAG([-Wl,-z,now], [SKW_LDFLAGS])
	SKW_TRY_LDFLAG([-Wl,-z,noexecstack], [SKW_LDFLAGS])])
AS_VAR_APPEND([SKW_CFLAGS], [" -pthread"])
AS_VAR_APPEND([SKW_LDFLAGS], [" -pthread"])
AC_SUBST([SKW_CPPFLAGS])
AC_SUBST([SKW_CFLAGS])
AC_SUBST([SKW_WARN])
AC_SUBST([SKW_LDFLAGS])
AM_CONDITIONAL([FUZZING], [test "x$enable_fuzzing" = xyes])
AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes || test "x$enable_fuzzing" = xyes])
])
