#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""clang-tidy (its checks are in the .clang-tidy of each folder) and cppcheck find nothing.

The first run takes minutes, so "make check" does not run this, but "make check-analysis" does.
Later runs are short, because the build folder remembers which files were good.
SKW_ANALYSIS_FLAGS has the flags of the compiler. ANALYSIS_TOOLS names the tools to run, and
ANALYSIS_NODES says how deep clang-tidy looks.
"""
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

TOP = Path(os.environ.get("srcdir", ".")).resolve()
BUILD = Path(os.environ.get("builddir", TOP)).resolve()
FLAGS = ["-std=gnu11", *shlex.split(
    os.environ.get("SKW_ANALYSIS_FLAGS", "-D_GNU_SOURCE -I%s/src" % TOP))]
FOLDERS = [TOP / name for name in ("src", "tests", "bench") if (TOP / name).is_dir()]
SOURCES = sorted(path for folder in FOLDERS for path in folder.rglob("*.c"))
MEMORY = BUILD / "tests" / "lint" / "analysis"
# A clone of CI is looked at once.
REMEMBERS = not os.environ.get("CI")

# clang-analyzer follows at most this many states in a function; its own default is 225000. It
# takes most of the time of a run: 0.1 s a file with this limit, 0.6 s with 75000. ANALYSIS_NODES
# sets another limit, for a look that is deeper.
ANALYZER = ["-Xclang", "-analyzer-config", "-Xclang",
            "max-nodes=%d" % int(os.environ.get("ANALYSIS_NODES", "10000"))]

CPPCHECK = [
    "--quiet", "--enable=warning,performance,portability", "--std=c11", "--inline-suppr",
    "--error-exitcode=1", "--template={file}:{line}: {message} [{id}]",
    "-j%d" % (os.cpu_count() or 1),
    # cppcheck does not know __attribute__((cleanup)). LeakSanitizer finds leaks in the unit tests.
    "--suppress=memleak",
    # Two cursors may start at the same place.
    "--suppress=duplicateAssignExpression",
    # cppcheck takes a struct that a function fills in for one that it reads.
    "--suppress=ctuuninitvar",
    # libbpf declares a struct of options with this macro.
    "-DLIBBPF_OPTS(type,name,...)=struct type name",
]


def is_present(tool):
    return shutil.which(tool) is not None


@lru_cache(None)
def hash_of(path):
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return "none"


@lru_cache(None)
def hash_of_rules():
    """The outcome also depends on the tool, its checks and the flags, beside the files."""
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=False).stdout
    rules = [hash_of(path / ".clang-tidy") for path in (TOP, *FOLDERS)]
    return hashlib.sha256(repr((version, rules, FLAGS, ANALYZER)).encode()).hexdigest()


def stamp_of(source):
    """The file that remembers that a source was fine: the rules, then each file it is made of."""
    return MEMORY / (str(source.relative_to(TOP)) + ".stamp")


def is_known(source):
    """Whether this very source was fine with these very headers under these rules."""
    try:
        rules, *files = stamp_of(source).read_text().splitlines()
    except (OSError, ValueError):
        return False
    return rules == hash_of_rules() and all(
        hash_of(name) == told for told, _, name in (line.partition(" ") for line in files))


def look_at_files(source):
    """The text of a stamp: what this source is made of now. None if that can't be told."""
    compiler = shutil.which("clang") or "cc"
    done = subprocess.run([compiler, "-MM", *FLAGS, str(source)], cwd=BUILD, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        return None
    names = done.stdout.replace("\\\n", " ").split()[1:]
    paths = sorted({(BUILD / name).resolve() for name in names})
    return "\n".join([hash_of_rules(), *("%s %s" % (hash_of(path), path) for path in paths)])


def tidy(source):
    files = look_at_files(source) if REMEMBERS else None
    # One file at a time: after another file, version 14 takes each va_list for uninitialized.
    command = ["clang-tidy", "--quiet", str(source), "--", *FLAGS, *ANALYZER]
    done = subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines()
             if re.search(r": (warning|error): ", line)]
    if done.returncode and not found:
        found = ["%s: clang-tidy ended with %d: %s" % (
            source, done.returncode, done.stderr.strip().replace("\n", " "))]
    if files and not found:
        stamp_of(source).parent.mkdir(parents=True, exist_ok=True)
        stamp_of(source).write_text(files)
    return found


def shorten(line):
    """Makes the path at the start of a complaint relative to the top folder."""
    place, colon, rest = line.partition(":")
    return os.path.relpath((BUILD / place).resolve(), TOP) + colon + rest if colon else line


def run_tidy():
    unknown = sorted((path for path in SOURCES if not is_known(path)),
                     key=lambda path: -path.stat().st_size)
    print("# clang-tidy looks at %d of %d files" % (len(unknown), len(SOURCES)), flush=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        # A fault in a header is reported for each file that includes it, so remove duplicates.
        return sorted({shorten(line) for found in pool.map(tidy, unknown) for line in found})


def run_cppcheck():
    flags = [flag for flag in FLAGS if flag.startswith(("-I", "-D"))
             and not flag.startswith("-I/usr")]
    memory = MEMORY / "cppcheck"
    memory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["cppcheck", "--cppcheck-build-dir=%s" % memory, *CPPCHECK, *flags,
                           *map(str, FOLDERS)],
                          cwd=BUILD, capture_output=True, text=True, check=False)
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
        print("%s %d - %s finds nothing in %s" % ("not ok" if found else "ok", number, tool, ", ".join(
            folder.name for folder in FOLDERS)), flush=True)
        failed = failed or bool(found)
    sys.exit(1 if failed else 0)


main()
