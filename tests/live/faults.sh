#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A call that fails: no crash, no hang, one line that says what and why, and nothing stays behind.
# Runs what scripts/faults has found so far, and a sample of all other faults.
#
# FAULTS in the environment is the size of the sample (default: 60).
. "${srcdir:?}/tests/live/lib.sh"
need root python3 addr2line tcpdump zstd
getent passwd nobody >/dev/null || skip_all "there is no user nobody"

TMPDIR=$TMP python3 "$srcdir/tests/live/faults/faults.py" --skwatch "$SKWATCH" \
	--built "$builddir" --sample "${FAULTS:-60}"
