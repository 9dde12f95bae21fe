# SPDX-License-Identifier: BSD-2-Clause
"""Functions for the lint checks: they list the files of the project and print results.

A check is a function that takes the top folder of the tree (a Path) and returns its
complaints, each of one line. If the function has an attribute `reason`, it can't run
here. run() prints each check as one TAP test.
"""
import os
import sys
from pathlib import Path

FOLDERS = (".ci", "bench", "bpf", "completions", "doc", "m4", "man", "pcap-samples", "scripts",
           "src", "tests")
TOP_FILES = ("CONTRIBUTING.md", "COPYING", "Makefile.am", "NEWS", "README.md", "SECURITY.md",
             "configure.ac")
SKIPPED_FOLDERS = {"__pycache__", ".deps", ".dirstamp"}
CODE = {".c", ".h", ".sh", ".py", ".am", ".m4", ".ac"}


def files(top):
    """All text files of the tree, without generated files."""
    for name in TOP_FILES:
        if (top / name).is_file():
            yield top / name
    for folder in FOLDERS:
        for where, inner, names in os.walk(top / folder):
            inner[:] = sorted(d for d in inner if d not in SKIPPED_FOLDERS)
            for name in sorted(names):
                path = Path(where) / name
                if not path.is_symlink() and not is_made(path):
                    yield path


def is_made(path):
    """Whether a file is binary, or an object, a skeleton or a result of a build in the tree."""
    return path.suffix in {".o", ".a", ".log", ".trs", ".pyc"} or path.name.endswith(
        (".skel.h", "~", ".dirstamp")) or is_binary(path)


def is_binary(path):
    with open(path, "rb") as f:
        return b"\0" in f.read(4096)


def is_code(path):
    if path.suffix in CODE:
        return True
    with open(path, "rb") as f:
        return f.read(2) == b"#!"


def c_files(top, *folders):
    return [p for p in files(top)
            if p.suffix in {".c", ".h"} and p.relative_to(top).parts[0] in folders]


def lines(path):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def run(checks):
    """checks: function -> the behaviour that it checks. The exit status is 1 after complaints."""
    top = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir", ".")).resolve()
    failed = False
    print("1..%d" % len(checks))
    for number, (check, title) in enumerate(checks.items(), 1):
        reason = getattr(check, "reason", None)
        if reason:
            print("ok %d - %s # SKIP %s" % (number, title, reason))
            continue
        complaints = list(check(top))
        for complaint in complaints:
            print("# " + complaint)
        print("%s %d - %s" % ("not ok" if complaints else "ok", number, title))
        failed = failed or bool(complaints)
    sys.exit(1 if failed else 0)
