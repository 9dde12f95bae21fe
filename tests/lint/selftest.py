#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each check of this folder accepts a good tree and refuses a tree with a fault."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
SPDX = "// SPDX-License-Identifier: BSD-2-Clause\n"
DUAL = "// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n"
SHELL = "#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\ncat <<'E'\n%sE\n"
HELP = SHELL % "Commands:\n  capture  x\n\n%s"

# Faults: the script, the number of its check that must complain, and the file to add to the good
# tree with its text.
FAULTS = [
    ("arrows.py", 1, "src/packet/bad.c", SPDX + '#include "filter/good.h"\n'),
    ("arrows.py", 1, "src/kern/bad.c", SPDX + '#include "session/good.h"\n'),
    ("arrows.py", 1, "src/cmd/bad.c", SPDX + '#include "kern/good.h"\n'),
    ("arrows.py", 1, "src/util/bad.c", SPDX + '#include "model/good.h"\n'),
    ("arrows.py", 1, "src/out/bad.c", SPDX + '#include "../util/good.h"\n'),
    ("arrows.py", 1, "src/cellar/bad.c", SPDX),
    ("arrows.py", 2, "src/filter/good.c", SPDX + '#include <stdio.h>\n#include "filter/good.h"\n'),
    ("arrows.py", 3, "src/session/bad.c", SPDX + "#include <bpf/libbpf.h>\n"),
    ("arrows.py", 3, "src/session/bad.c", SPDX + '#include "bpf/capture.skel.h"\n'),
    ("arrows.py", 3, "src/out/bad.c", SPDX + "#include <pcap/pcap.h>\n"),
    ("arrows.py", 3, "src/cmd/bad.c", SPDX + "#include <pcap.h>\n"),
    ("arrows.py", 4, "src/packet/bad.c", SPDX + 'void f(void)\n{\n\tprintf("x");\n}\n'),
    ("arrows.py", 4, "src/filter/bad.c", SPDX + "long f(void)\n{\n\treturn time(0);\n}\n"),
    ("files.py", 1, "src/out/bad.c", SPDX + "\n" * 500),
    ("files.py", 1, "src/cmd/bad.c", SPDX + "\n" * 300),
    ("files.py", 1, "scripts/bad", "#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\n" * 251),
    ("files.py", 2, "src/out/bad.c", "int x;\n"),
    ("files.py", 2, "scripts/bad", "#!/bin/sh\n"),
    ("files.py", 2, "man/bad.8", ".Dd today\n"),
    ("files.py", 2, "bpf/bad.bpf.c", SPDX),
    ("files.py", 2, "src/out/bad.c", DUAL),
    ("files.py", 3, "doc/bad.md", "see /" + "home/somebody/notes\n"),
    ("files.py", 3, "README.md", "in /" + "root/src\n"),
    ("files.py", 4, "src/out/bad.c", SPDX + "int x; \n"),
    ("files.py", 4, "src/out/bad.c", SPDX + "int x;"),
    ("format.py", 1, "src/out/bad.c", SPDX + "int  x ;\n"),
    ("manual.py", 1, "man/bad.8", ".Dd x\n.Dt X 8\n.Xx\n"),
    ("manual.py", 2, "program", HELP % "  -w, --write FILE  x\n      --new  y\n"),
    ("manual.py", 2, "program", HELP % ""),
    ("manual.py", 2, "program", HELP % "  -v, --write FILE  x\n"),
    ("manual.py", 2, "program", SHELL % "  -w, --write FILE  x\n"),
    ("manual.py", 2, "program",
     SHELL % "Commands:\n  capture  x\n  top  x\n\n  -w, --write FILE  x\n"),
    ("manual.py", 3, "completions/skwatch", "_skwatch_capture_options='-w --write'\nif\n"),
    ("manual.py", 4, "completions/_skwatch", "_skwatch_capture() {\n{-w,--write}\n}\nif\n"),
    ("words.py", 1, "src/out/bad.c", SPDX + "int x; /* What is left is shut. */\n"),
]

GOOD = {
    "src/filter/good.h": SPDX + '#include "model/good.h"\n',
    "src/filter/good.c": SPDX + '#include "filter/good.h"\n\n#include <pcap/pcap.h>\n\n'
                                '/* printf() in a comment calls nothing. */\n',
    "src/kern/good.h": SPDX + "#include <bpf/libbpf.h>\n",
    "src/session/good.h": SPDX + '#include "kern/good.h"\n\n#include <pcap/dlt.h>\n',
    "src/model/good.h": SPDX,
    "src/util/good.h": SPDX,
    "bpf/good.bpf.c": DUAL,
    "bpf/vmlinux.h": DUAL + "\n" * 600,
    "man/skwatch-capture.8": '.\\" SPDX-License-Identifier: BSD-2-Clause\n.Dd November 20, 2026\n'
                             ".Dt X 8\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Sh DESCRIPTION\n"
                             ".Bl -tag -width Ds\n.It Fl w , -write Ar file\nx\n.El\n",
    "completions/skwatch": "_skwatch_capture_options='-w --write'\n",
    "completions/_skwatch": "_skwatch_capture() {\n\techo {-w,--write}\n}\n",
    "program": HELP % "  -w, --write FILE  x\n",
    "README.md": "Sees what the network does.\n",
}


def plant(top, name, text):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755 if text.startswith("#!") else 0o644)


def results(script, top):
    """Returns {number of the check: "ok", "not ok" or "skip"}."""
    env = dict(os.environ, SKWATCH=str(top / "program"), PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([sys.executable, str(HERE / script), str(top)], env=env,
                          capture_output=True, text=True, check=False)
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


def tell(number, outcome, want, title):
    if outcome == "skip":
        print("ok %d - %s # SKIP its tool is missing" % (number, title))
        return True
    print("%s %d - %s" % ("ok" if outcome == want else "not ok", number, title))
    return outcome == want


def main():
    scripts = sorted({script for script, *_ in FAULTS})
    print("1..%d" % (len(scripts) + len(FAULTS)))
    good = True
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder) / "tree"
        for number, script in enumerate(scripts, 1):
            for name, text in GOOD.items():
                plant(top, name, text)
            shutil.copy(TOP / ".clang-format", top)
            outcomes = set(results(script, top).values())
            outcome = "not ok" if "not ok" in outcomes else "ok" if "ok" in outcomes else "skip"
            good = tell(number, outcome, "ok", "%s accepts a good tree" % script) and good
        for number, (script, check, name, text) in enumerate(FAULTS, len(scripts) + 1):
            plant(top, name, text)
            outcome = results(script, top).get(check, "silent")
            good = tell(number, outcome, "not ok", "%s, check %d, refuses a fault in %s" % (
                script, check, name)) and good
            (top / name).unlink()
            if name in GOOD:
                plant(top, name, GOOD[name])
    sys.exit(0 if good else 1)


main()
