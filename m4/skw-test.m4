dnl SPDX-License-Identifier: BSD-2-Clause
dnl Finds the tools that only the tests need. None of them is required.

AC_DEFUN([SKW_TEST_TOOLS], [
PKG_CHECK_MODULES([CMOCKA], [cmocka], [skw_have_cmocka=yes],
	[skw_have_cmocka="no (install libcmocka-dev)"])
AM_CONDITIONAL([CMOCKA], [test "x$skw_have_cmocka" = xyes])

skw_fuzz_summary="corpus replay only (--enable-fuzzing with CC=clang builds libFuzzer targets)"
AS_IF([test "x$enable_fuzzing" = xyes], [
AC_MSG_CHECKING([whether $CC has libFuzzer])
skw_saved_cflags=$CFLAGS
CFLAGS="$CFLAGS -fsanitize=fuzzer"
AC_LINK_IFELSE([AC_LANG_SOURCE([[
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return !data && size; }
]])], [AC_MSG_RESULT([yes]); skw_fuzz_summary=libFuzzer],
	[AC_MSG_RESULT([no]); SKW_MISS([libFuzzer (with CC=clang)], [clang and libclang-rt-dev])])
CFLAGS=$skw_saved_cflags
])

AC_PATH_PROGS([CLANG_FORMAT], [clang-format], [no])
AC_PATH_PROGS([CLANG_TIDY], [clang-tidy], [no])
AC_PATH_PROGS([CPPCHECK], [cppcheck], [no])
AC_PATH_PROGS([MANDOC], [mandoc], [no])
AC_PATH_PROGS([PYTHON3], [python3], [no])
dnl That may be a script that looks for the real one at each start (pyenv), which takes ten times as
dnl long as the start itself. Tests find the real one first.
AS_IF([test "$PYTHON3" != no], [
skw_python3=`"$PYTHON3" -c 'import sys; print(sys.executable)' 2>/dev/null`
AS_IF([test -x "$skw_python3"], [PYTHON3=$skw_python3])
])
AC_SUBST([SKW_TEST_PATH], ["`dirname "$PYTHON3"`"])
AS_IF([test "$PYTHON3" = no], [SKW_TEST_PATH=/usr/bin])
skw_lint_summary=
for skw_tool in "$CLANG_FORMAT" "$CLANG_TIDY" "$CPPCHECK" "$MANDOC"; do
	AS_IF([test "$skw_tool" != no],
		[skw_lint_summary="$skw_lint_summary `basename $skw_tool`"])
done
AS_IF([test -z "$skw_lint_summary"], [skw_lint_summary=none])
])
