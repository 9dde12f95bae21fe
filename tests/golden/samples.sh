#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Checks that generate.py makes the samples, and that each sample is in the README and in the dist.
samples=$srcdir/pcap-samples
python=${PYTHON3:-python3}
status=0

echo 1..3
if "$python" "$samples/generate.py" --check; then
	echo "ok 1 - the generated samples equal the output of generate.py"
else
	echo "not ok 1 - the generated samples equal the output of generate.py"
	status=1
fi

# every_sample_in FILE NUMBER TEXT
every_sample_in() {
	local missing=
	for sample in "$samples"/*.pcap* "$samples"/broken/*; do
		local name=${sample#"$samples"/}
		grep -qF -- "$4${name#"$5"}$6" "$1" || missing+=" $name"
	done
	if [ -z "$missing" ]; then
		echo "ok $2 - $3"
	else
		echo "# missing:$missing"
		echo "not ok $2 - $3"
		status=1
	fi
}
every_sample_in "$samples/README.md" 2 "each sample has a line in the README" '`' broken/ '`'
every_sample_in "$samples/Makemodule.am" 3 "each sample is distributed" pcap-samples/ '' ''
exit $status
