#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs "make distcheck", then looks at what is in the tarball, and compares what
# distcheck has built with what is in $builddir: both have the same source, but in
# other folders, and the build folder lies elsewhere below it.
set -u
out=$builddir/tests/dist
kept=$out/kept
number=0
status=0

# result NAME FILE: ok if the file is empty; it says what is wrong.
result() {
	number=$((number + 1))
	if [ -s "$2" ]; then
		sed 's/^/# /' "$2"
		printf 'not '
		status=1
	fi
	echo "ok $number - $1"
}

mkdir -p "$out"
cd "$builddir" || exit 99
rm -rf "$kept" skwatch-*.tar.xz

# Only these tests run: the tests of the clone have just said the same of the same source, and a
# check below finds a missing file. In a clone only their programs are built, too, as the others have
# the same files there; elsewhere the build of all programs is what finds a missing file.
# The make that started this script has options of its own (TESTS, its jobs), which are
# not for the make below.
programs="tests/fuzz/fuzz_expr tests/fuzz/fuzz_record"
tests="tests/golden/samples.sh $programs"

# git has no generated files, and the tarball has no use for .gitignore.
git() {
	command git -c safe.directory='*' -C "$srcdir" "$@"
}
built=()
if git ls-files >"$out/tracked" 2>/dev/null && [ -s "$out/tracked" ]; then
	built=("check_PROGRAMS=$programs")
fi
: >"$out/wrong"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL XZ_OPT=-1 "${MAKE:-make}" -j"$(nproc)" distcheck \
	TESTS="$tests" "${built[@]}" KEEP="$kept" \
	DISTCHECK_CONFIGURE_FLAGS="$("$builddir/config.status" --config)" \
	>"$out/distcheck.out" 2>&1 || tail -n 60 "$out/distcheck.out" >"$out/wrong"
result "make distcheck succeeds" "$out/wrong"

if [ ${#built[@]} -gt 0 ]; then
	generated='Makefile\.in|aclocal\.m4|build-aux/.*|config\.h\.in|configure'
	tar -tf skwatch-*.tar.xz | sed 's,^[^/]*/,,; /\/$/d; /^$/d' |
		grep -Evx "$generated" | sort >"$out/packed"
	grep -vx '\.gitignore' "$out/tracked" | sort |
		comm -3 - "$out/packed" |
		sed 's/^\t/only in the tarball: /; t; s/^/missing in the tarball: /' >"$out/wrong"
	result "the tarball has each file that git tracks, and no others" "$out/wrong"
else
	echo "# not a clone: the files of the tarball are not compared"
fi

# same FILE: what distcheck has built has the same bytes. A build folder that is
# older than a change of the compiler's flags has others: make clean helps there.
same() {
	if ! cmp "$builddir/$1" "$kept/$1" >"$out/wrong" 2>&1 && [ -e "$kept/$1" ]; then
		diff <(strings -a "$builddir/$1") <(strings -a "$kept/$1") |
			head -n 20 >>"$out/wrong"
	fi
	result "$1 has the same bytes when it is built in another folder" "$out/wrong"
}
same skwatch
for object in bpf/*.bpf.o; do
	same "$object"
done
echo "1..$number"
exit $status
