#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""clang-tidy (its checks are in .clang-tidy) and cppcheck find nothing in src/.

This takes minutes, so "make check" does not run it, but "make check-analysis" does.
SKW_ANALYSIS_FLAGS has the flags of the compiler. ANALYSIS_TOOLS names the tools to run.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(os.environ.get("srcdir", ".")).resolve()
BUILD = Path(os.environ.get("builddir", TOP)).resolve()
FLAGS = shlex.split(os.environ.get("SKW_ANALYSIS_FLAGS", "-D_GNU_SOURCE -I%s/src" % TOP))
SOURCES = sorted((TOP / "src").rglob("*.c"))

CPPCHECK = [
    "--quiet", "--enable=warning,performance,portability", "--std=c11", "--inline-suppr",
    "--error-exitcode=1", "--template={file}:{line}: {message} [{id}]", "-j2",
    # cppcheck does not know __attribute__((cleanup)). LeakSanitizer finds leaks in the unit tests.
    "--suppress=memleak",
    # Two cursors may start at the same place.
    "--suppress=duplicateAssignExpression",
    # libbpf declares a struct of options with this macro.
    "-DLIBBPF_OPTS(type,name,...)=struct type name",
]


def is_present(tool):
    return shutil.which(tool) is not None


def tidy(source):
    command = ["clang-tidy", "--quiet", str(source), "--", "-std=gnu11", *FLAGS]
    done = subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines()
             if re.search(r": (warning|error): ", line)]
    if done.returncode and not found:
        found = ["%s: clang-tidy ended with %d: %s" % (
            source, done.returncode, done.stderr.strip().replace("\n", " "))]
    return found


def shorten(line):
    """Makes the path at the start of a complaint relative to the top folder."""
    place, colon, rest = line.partition(":")
    return os.path.relpath((BUILD / place).resolve(), TOP) + colon + rest if colon else line


def run_tidy():
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        # A fault in a header is reported for each file that includes it, so remove duplicates.
        return sorted({shorten(line) for found in pool.map(tidy, SOURCES) for line in found})


def run_cppcheck():
    flags = [flag for flag in FLAGS if flag.startswith(("-I", "-D"))
             and not flag.startswith("-I/usr")]
    done = subprocess.run(["cppcheck", *CPPCHECK, *flags, str(TOP / "src")], cwd=BUILD, capture_output=True,
                          text=True, check=False)
    found = [shorten(line) for line in done.stderr.splitlines() if line.strip()]
    if done.returncode and not found:
        found = ["cppcheck ended with %d" % done.returncode]
    return found


TOOLS = {"clang-tidy": run_tidy, "cppcheck": run_cppcheck}


def main():
    wanted = os.environ.get("ANALYSIS_TOOLS", "clang-tidy cppcheck").split()
    failed = False
    print("1..%d" % len(wanted), flush=True)
    for number, tool in enumerate(wanted, 1):
        if not is_present(tool):
            print("ok %d - %s # SKIP it is not installed" % (number, tool), flush=True)
            continue
        found = TOOLS[tool]()
        for line in found:
            print("# " + line)
        print("%s %d - %s finds nothing in src/" % ("not ok" if found else "ok", number, tool),
              flush=True)
        failed = failed or bool(found)
    sys.exit(1 if failed else 0)


main()
