# SPDX-License-Identifier: BSD-2-Clause
"""Samples of two programs to a table: old, new, their ratio in each round, and a verdict."""

import statistics

from report import distinct, spread, table
from versions import ALONE, NEW, OLD


def by_round(samples, field, **key):
    """Round to the median of its samples; a round whose run failed is left out."""
    rounds = {}
    for s in samples:
        if s.get(field) is not None and all(s.get(k) == v for k, v in key.items()):
            rounds.setdefault(s["round"], []).append(s[field])
    return {number: statistics.median(values) for number, values in rounds.items()}


def rows(samples):
    """(what, unit, digits, old by round, new by round) of each figure that was measured."""
    def both(field, **key):
        return tuple(by_round(samples, field, tool=tool, **key) for tool in (OLD, NEW))

    out = []
    for form, to in (("file", "to a file"), ("lines", "as lines")):
        for size in distinct(samples, "size", phase=form):
            out.append((f"capture {to}, {size} B, at a pace: CPU per packet", "ns", 1,
                        *both("tool_cpu_ns", phase=form, size=size)))
            out.append((f"capture {to}, {size} B, at a pace: sender per packet", "ns", 1,
                        *both("sender_busy_ns", phase=form, size=size)))
    for size in distinct(samples, "size", phase="flood"):
        whole = both("sender_cpu_ns", phase="flood", size=size)
        alone = by_round(samples, "sender_cpu_ns", phase="flood", size=size, tool=ALONE)
        out.append((f"capture, {size} B, at full speed: sender per packet", "ns", 1, *whole))
        out.append(("... less that of a sender alone", "ns", 1,
                    *({n: v - alone[n] for n, v in one.items() if n in alone} for one in whole)))
        out.append((f"capture, {size} B, at full speed: CPU per packet", "ns", 1,
                    *both("tool_cpu_ns", phase="flood", size=size)))
    if distinct(samples, "tool", phase="sweep"):
        out.append(("a tick of top -b, no row printed: CPU", "ms", 2,
                    *both("cpu_ms", phase="sweep")))
    for part in distinct(samples, "part", phase="bench/sweep"):
        if part:
            out.append((f"bench/sweep, {part}: CPU", "ms", 2,
                        *both("cpu_ms", phase="bench/sweep", part=part)))
    for command in distinct(samples, "command", phase="start"):
        key = dict(phase="start", command=command)
        out.append((f"{command}: exec until it is ready", "ms", 1, *both("ready_ms", **key)))
        out.append((f"{command}: peak RSS of both processes at that moment", "KiB", 0,
                    *both("peak_kib", **key)))
        out.append((f"{command}: PSS of both processes at that moment", "KiB", 0,
                    *both("pss_kib", **key)))
    return out


def judge(ratios, within):
    """In words, of the ratio's median. `within` is a share of 1."""
    change = statistics.median(ratios) - 1
    if abs(change) <= within:
        return f"the same within {100 * within:g} %"
    word, count = ("HIGHER", sum(r > 1 for r in ratios)) if change > 0 else (
        "lower", sum(r < 1 for r in ratios))
    return f"{word} by {100 * abs(change):.1f} %, in {count} of {len(ratios)} rounds"


def verdicts(samples, within):
    """One dictionary for each figure that both programs have in some round."""
    out = []
    for what, unit, digits, old, new in rows(samples):
        shared = [n for n in old if n in new and old[n] > 0]
        if not shared:
            continue
        ratios = [new[n] / old[n] for n in shared]
        out.append({"what": what, "unit": unit, "digits": digits,
                    "old": [old[n] for n in shared], "new": [new[n] for n in shared],
                    "ratios": ratios, "ratio": statistics.median(ratios),
                    "verdict": judge(ratios, within)})
    return out


def text(found):
    head = ["figure", "old", "new", "new/old", "verdict"]
    return table(head, [[f"{v['what']}, {v['unit']}", spread(v["old"], v["digits"]),
                         spread(v["new"], v["digits"]), spread(v["ratios"], 3), v["verdict"]]
                        for v in found])


def failures(samples):
    return "".join(f"- {s['phase']}, {s['tool']}, round {s['round']}: "
                   f"{' '.join(s['error'].split())}\n" for s in samples if "error" in s)
