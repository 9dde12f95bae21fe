#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each check of this folder accepts a good tree and refuses a tree with a fault."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from planted import FAULTS, GOOD

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
CONFIGS = (".clang-format", ".clang-tidy", "tests/.clang-tidy", "bench/.clang-tidy")
COMPILE = [*os.environ.get("CC", "cc").split(), "-c", "-O1", "-w", "-D_GNU_SOURCE", "-Isrc"]


def plant(top, name, text):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755 if text.startswith("#!") else 0o644)


def run(script, top, **more):
    env = dict(os.environ, srcdir=str(top), builddir=str(top / "build"),
               SKWATCH=str(top / "program"), PYTHONDONTWRITEBYTECODE="1", **more)
    for name in ("SKW_ANALYSIS_FLAGS", "CI"):
        env.pop(name, None)
    return subprocess.run([sys.executable, str(HERE / script), str(top)], env=env,
                          capture_output=True, text=True, check=False)


def results(script, top):
    """Returns {number of the check: "ok", "not ok" or "skip"}."""
    done = run(script, top)
    if done.stdout.startswith("1..0"):
        return {1: "skip"}
    found = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if line.startswith("ok "):
            found[int(words[1])] = "skip" if "# SKIP" in line else "ok"
        elif line.startswith("not ok "):
            found[int(words[2])] = "not ok"
    if done.returncode and "not ok" not in found.values():
        sys.stderr.write(done.stderr)
        found[0] = "not ok"
    return found


def compile_file(top, name):
    """Makes, or takes away, the object file of a file of src/."""
    made = (top / "build" / name).with_suffix(".o")
    made.parent.mkdir(parents=True, exist_ok=True)
    made.unlink(missing_ok=True)
    if name.endswith(".c") and (top / name).is_file():
        subprocess.run([*COMPILE, name, "-o", str(made)], cwd=top, stderr=subprocess.DEVNULL,
                       check=False)


def change(top, script, names, text):
    """Writes files of the planted tree, or takes them away, and compiles where that matters."""
    for name in names:
        if text is None and name not in GOOD:
            (top / name).unlink()
        else:
            plant(top, name, GOOD[name] if text is None else text)
        if script == "symbols.py" and name.startswith("src/"):
            compile_file(top, name)


def tell(number, outcome, want, title):
    if outcome == "skip":
        print("ok %d - %s # SKIP its tool is missing" % (number, title))
        return True
    print("%s %d - %s" % ("ok" if outcome == want else "not ok", number, title))
    return outcome == want


def looked_at(top):
    """How many files clang-tidy looks at now, or None."""
    found = re.search(r"looks at (\d+) of", run(
        "analysis.py", top, ANALYSIS_TOOLS="clang-tidy").stdout)
    return int(found.group(1)) if found else None


def look_again(top):
    """clang-tidy looks again at the files that have changed or that have a fault."""
    if looked_at(top) is None:
        return "skip"
    seen = [looked_at(top)]
    plant(top, "src/table/table.h", GOOD["src/table/table.h"] + "\n")
    seen.append(looked_at(top))
    plant(top, "src/view/bad.c", "int f(int x)\n{\n\treturn 1;\n}\n")
    seen += [looked_at(top), looked_at(top)]
    (top / "src/view/bad.c").unlink()
    with open(top / ".clang-tidy", "a", encoding="utf-8") as f:
        f.write("# Another rule.\n")
    seen.append(looked_at(top))
    users = sum('"table/table.h"' in text for text in GOOD.values())
    sources = sum(name.endswith(".c") for name in GOOD if not name.startswith("bpf/"))
    return "ok" if seen == [0, users, 1, 1, sources] else "not ok: %s" % seen


def main():
    scripts = sorted({script for script, *_ in FAULTS})
    print("1..%d" % (len(scripts) + len(FAULTS) + 1))
    good = True
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / "tree"
        for name, text in GOOD.items():
            plant(top, name, text)
        for name in CONFIGS:
            shutil.copyfile(TOP / name, top / name)
        for name in GOOD:
            compile_file(top, name)
        for number, script in enumerate(scripts, 1):
            outcomes = set(results(script, top).values())
            outcome = "not ok" if "not ok" in outcomes else "ok" if "ok" in outcomes else "skip"
            good = tell(number, outcome, "ok", "%s accepts a good tree" % script) and good
        for number, (script, check, name, text) in enumerate(FAULTS, len(scripts) + 1):
            names = [name] if isinstance(name, str) else name
            change(top, script, names, text)
            outcome = results(script, top).get(check, "silent")
            good = tell(number, outcome, "not ok", "%s, check %d, refuses a fault in %s" % (
                script, check, names[0])) and good
            change(top, script, names, None)
        number += 1
        good = tell(number, look_again(top), "ok", look_again.__doc__) and good
    sys.exit(0 if good else 1)


main()
