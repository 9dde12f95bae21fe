# SPDX-License-Identifier: BSD-2-Clause
"""The common parts of the measurements of top and events: arguments, the place, the tables' end."""

import argparse
import json
import os
import signal
import subprocess
import sys

import machine
import report
from report import BUSY_LOAD, table

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def listing(allowed):
    """An argument's type: some of these words, with commas between them."""
    def parse(text):
        items = text.split(",")
        for item in items:
            if item not in allowed:
                raise argparse.ArgumentTypeError(f"{item}: not one of {','.join(allowed)}")
        return items
    return parse


def arguments(doc, rounds, quick_rounds, phases=None):
    p = argparse.ArgumentParser(description=doc)
    p.add_argument("--build", default=os.path.join(os.path.dirname(HERE), "build"),
                   help="where skwatch and the helpers were built (default: build)")
    p.add_argument("--quick", action="store_true", help="less than four minutes")
    p.add_argument("--rounds", type=int, help=f"default {rounds}, with --quick {quick_rounds}")
    if phases:
        p.add_argument("--phases", type=listing(phases), default=phases,
                       help=f"which of {','.join(phases)}")
    p.add_argument("--json", metavar="FILE", help="all samples")
    p.add_argument("--report", metavar="FILE", help="the tables into their place in FILE, as RESULTS.md has them")
    args = p.parse_args()
    args.rounds = args.rounds or (quick_rounds if args.quick else rounds)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return args


def check(args, *helpers):
    """Ends the program where something is missing; the paths of the helpers."""
    if os.geteuid() != 0:
        sys.exit("it takes root to make network namespaces")
    paths = [os.path.join(args.build, name) for name in ("skwatch",) + helpers]
    for path, name in zip(paths, ("skwatch",) + helpers):
        if not os.path.exists(path):
            sys.exit(f"no {name} in {args.build}: make -C {args.build} {name}, or --build DIR")
    if (os.cpu_count() or 1) < 2:
        sys.exit("the connections and who watches them need a CPU each")
    return paths


def tell(sample):
    told = " ".join(f"{k}={v:.1f}" if isinstance(v, float) else f"{k}={v}"
                    for k, v in sample.items())
    print(told, file=sys.stderr, flush=True)


def about(args, versions):
    out = machine.base()
    out["rounds"] = f"{args.rounds}, the cases interleaved" + (", quick" if args.quick else "")
    for name, argv in versions.items():
        out[name] = machine.version(argv)
    return out


def heading(of):
    text = "".join(f"- {name}: {value}\n" for name, value in of.items())
    if float(of["load before"]) > BUSY_LOAD:
        text += "\n**The machine was busy with other work: take these figures as a hint only.**\n"
    return text


def verdicts(budgets):
    """(what, figure or None, bound, True where it must not be higher) to a table."""
    rows = []
    for what, figure, bound, at_most in budgets:
        if figure is not None:
            met = figure <= bound if at_most else figure >= bound
            rows.append([what, f"{figure:.3g}", ("<= " if at_most else ">= ") + f"{bound:g}",
                         "met" if met else "MISSED"])
    return table(["budget", "measured", "bound", ""], rows)


def finish(args, title, text, samples, budgets):
    print(text, end="")
    if args.report:
        report.write(args.report, title, text)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump({"samples": samples, "budgets": [
                {"what": w, "measured": m, "bound": b, "at_most": a} for w, m, b, a in budgets]},
                f, indent=1)
    return 1 if any("error" in s for s in samples) else 0


def ip(*argv):
    subprocess.run(["ip", *argv], check=True)
