#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All C files are formatted: clang-format would change nothing."""
import os
import shutil
import subprocess
import sys

import lintlib

FORMATTER = os.environ.get("CLANG_FORMAT", "no")
if FORMATTER == "no":
    FORMATTER = shutil.which("clang-format")
EXEMPT = {"vmlinux.h"}


def formatted(top):
    sources = [p for p in lintlib.c_files(top, "src", "bpf", "tests", "bench")
               if p.name not in EXEMPT]
    done = subprocess.run([FORMATTER, "--dry-run", *map(str, sources)],
                          cwd=top, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        yield "clang-format: exit status %d" % done.returncode
    places = {}
    for line in done.stderr.splitlines():
        if ": warning: " in line or ": error: " in line:
            name, number = line.replace(str(top) + "/", "").split(":")[:2]
            places.setdefault(name, []).append(number)
    for name, numbers in places.items():
        yield "%s: clang-format would change line %s" % (name, ", ".join(dict.fromkeys(numbers)))


if not FORMATTER:
    print("1..0 # SKIP no clang-format")
    sys.exit(0)
lintlib.run({formatted: "clang-format has nothing to change"})
