#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each sample, the broken ones too, is read and written in several ways. The output must have the
# packets of the input. This is for the build with sanitizers, which end a program with a report.
: "${srcdir:?where the sources are}" "${builddir:?where the programs are}"
SKWATCH=${SKWATCH:-$builddir/skwatch}
export LC_ALL=C TZ=UTC
samples=$srcdir/pcap-samples
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
count=0 failed=0

# wrong ARGUMENTS...: whether skwatch ends in another way than the two it has for files.
wrong() {
	"$SKWATCH" capture "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
	[ $status -le 1 ] && ! grep -q 'Sanitizer\|runtime error:' "$tmp/err" && return 1
	echo "# capture $*: status $status"
	sed 's/^/#   /' "$tmp/err"
}

packets() { "$SKWATCH" capture -r "$1" --count 2>/dev/null; }

for sample in "$samples"/*.pcap* "$samples"/broken/*; do
	name=${sample#"$samples"/} bad=
	rm -rf "$tmp/files"
	mkdir "$tmp/files"
	wrong -r "$sample" -w "$tmp/files/whole.pcapng" && bad=1
	[ $status -eq 1 ] || [ "$(packets "$tmp/files/whole.pcapng")" = "$(packets "$sample")" ] || bad=1
	wrong -r "$sample" -w "$tmp/files/%s.pcap" -G 1 -W 3 && bad=1
	wrong -r "$sample" -w "$tmp/files/ring.pcap.gz" -C 1k -W 2 --print -vv -e && bad=1
	count=$((count + 1))
	if [ -z "$bad" ]; then
		echo "ok $count - $name is written"
	else
		echo "not ok $count - $name is written"
		failed=1
	fi
done
echo "1..$count"
exit $failed
