# SPDX-License-Identifier: BSD-2-Clause
"""Samples to tables (Markdown, readable as it is) and to the budgets' verdicts."""

import os
import re
import statistics

BUSY_LOAD = 0.5


def figures(samples, field, **key):
    """The values of a field in all samples that match the key."""
    return [s[field] for s in samples
            if s.get(field) is not None and all(s.get(k) == v for k, v in key.items())]


def median(values):
    return statistics.median(values) if values else None


def spread(values, digits=0):
    """`median [lowest-highest]`"""
    if not values:
        return "-"
    return f"{median(values):,.{digits}f} [{min(values):,.{digits}f}-{max(values):,.{digits}f}]"


def write(path, title, body):
    """Puts a report into a file of several, in the place of the one with that title, or last."""
    parts = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            parts = re.split(r"^(?=# )", f.read(), flags=re.M)
    mine = f"# {title}\n\n{body.rstrip()}\n"
    at = [i for i, part in enumerate(parts) if part.startswith(f"# {title}\n")]
    if at:
        parts[at[0]] = mine
    else:
        parts.append(mine)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(part.rstrip() + "\n" for part in parts if part.strip()))


def names(samples, **key):
    out = []
    for s in samples:
        if all(s.get(k) == v for k, v in key.items()) and s["tool"] not in out:
            out.append(s["tool"])
    return sorted(out, key=lambda n: (n != "alone", n != "skwatch", n))


def distinct(samples, field, **key):
    out = []
    for s in samples:
        if all(s.get(k) == v for k, v in key.items()) and s.get(field) not in out:
            out.append(s.get(field))
    return out


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def over_alone(samples, phase, tool, field, **key):
    """The time that a tool adds to the sender's: the difference of the medians."""
    with_tool = median(figures(samples, field, phase=phase, tool=tool, **key))
    alone = median(figures(samples, field, phase=phase, tool="alone", **key))
    return None if with_tool is None or alone is None else with_tool - alone


def _number(value, form="{:+,.0f}"):
    return "-" if value is None else form.format(value)


def _percent(lost, sent):
    shares = [100 * a / b for a, b in zip(lost, sent)]
    return spread(shares, 2) + " %" if shares else "-"


def flood_table(samples):
    rows = []
    for size in distinct(samples, "size", phase="flood"):
        for tool in names(samples, phase="flood", size=size):
            key = dict(phase="flood", size=size, tool=tool)
            rows.append([str(size), tool, spread(figures(samples, "sender_cpu_ns", **key)),
                         _number(over_alone(samples, "flood", tool, "sender_cpu_ns", size=size)),
                         spread(figures(samples, "tool_cpu_ns", **key)),
                         _percent(figures(samples, "lost", **key),
                                  figures(samples, "sent", **key)) if tool != "alone" else "-"])
    return table(["size", "capture", "sender ns/packet", "over alone",
                  "capture CPU ns/packet", "lost"], rows)


def paced_table(samples):
    rows = []
    for size in distinct(samples, "size", phase="paced"):
        for cache in distinct(samples, "cache", phase="paced", size=size):
            for tool in names(samples, phase="paced", size=size, cache=cache):
                key = dict(phase="paced", size=size, cache=cache, tool=tool)
                rows.append([
                    str(size), cache, tool, spread(figures(samples, "tool_cpu_ns", **key)),
                    _number(over_alone(samples, "paced", tool, "sender_busy_ns", size=size,
                                       cache=cache)),
                    spread(figures(samples, "lost", **key)),
                    spread(figures(samples, "file_lost", **key)),
                    spread(figures(samples, "start_cpu_ms", **key))])
    return table(["size", "cache", "capture", "capture CPU ns/packet", "sender over alone",
                  "lost (says the tool)", "missing in the file", "CPU ms to start"], rows)


def rate_table(samples):
    rows = []
    for size in distinct(samples, "size", phase="rate"):
        for medium in distinct(samples, "medium", phase="rate", size=size):
            for tool in names(samples, phase="rate", size=size, medium=medium):
                key = dict(phase="rate", size=size, medium=medium, tool=tool)
                limited = sum(figures(samples, "sender_limit", **key))
                rows.append([str(size), "/dev/null" if medium == "null" else f"file, {medium}",
                             tool, spread(figures(samples, "lossless_pps", **key)),
                             f"at least: {limited} times the sender was the limit" if limited else ""])
    return table(["size", "to", "capture", "packets/s without loss", ""], rows)


def lines_table(samples, phase="lines"):
    rows = []
    for tool in names(samples, phase=phase):
        key = dict(phase=phase, tool=tool)
        limited = sum(figures(samples, "sender_limit", **key))
        rows.append([tool, spread(figures(samples, "lossless_pps", **key)),
                     spread(figures(samples, "tool_cpu_ns", **key)),
                     f"at least: {limited} times the sender was the limit" if limited else ""])
    return table(["capture", "packets/s without loss", "capture CPU ns/packet", ""], rows)


def shared_table(samples):
    return lines_table(samples, "shared")


def turns_table(samples):
    return reject_table(samples, "turns")


def reject_table(samples, phase="reject"):
    rows = []
    for size in distinct(samples, "size", phase=phase):
        for tool in names(samples, phase=phase, size=size):
            key = dict(phase=phase, size=size, tool=tool)
            rows.append([str(size), tool, spread(figures(samples, "sender_cpu_ns", **key)),
                         _number(over_alone(samples, phase, tool, "sender_cpu_ns", size=size))])
    return table(["size", "filter in", "sender ns/packet", "over alone"], rows)


def sets_table(samples):
    rows = []
    for tool in names(samples, phase="sets"):
        key = dict(phase="sets", tool=tool)
        rows.append([tool, spread(figures(samples, "sender_cpu_ns", **key)),
                     _number(over_alone(samples, "sets", tool, "sender_cpu_ns"))])
    return table(["filter", "sender ns/packet", "over alone"], rows)


def start_table(samples):
    rows = []
    for tool in names(samples, phase="start"):
        key = dict(phase="start", tool=tool)
        rows.append([tool, spread(figures(samples, "first_packet_ms", **key), 1),
                     spread(figures(samples, "ready_ms", **key), 1)])
    return table(["capture", "exec to first packet in the file, ms", "exec to ready line, ms"],
                 rows)


def owners_table(samples):
    rows = []
    for size in distinct(samples, "size", phase="owners"):
        for tool in names(samples, phase="owners", size=size):
            key = dict(phase="owners", size=size, tool=tool)
            rows.append([str(size), tool, spread(figures(samples, "tool_cpu_ns", **key)),
                         spread(figures(samples, "sender_busy_ns", **key)),
                         spread(figures(samples, "lost", **key)),
                         spread(figures(samples, "start_cpu_ms", **key))])
    return table(["size", "skwatch with", "capture CPU ns/packet", "sender ns/packet", "lost",
                  "CPU ms to start"], rows)


TABLES = (("flood", "Unpaced, to /dev/null", flood_table),
          ("paced", "Paced, into a file", paced_table),
          ("rate", "Highest rate without loss", rate_table),
          ("lines", "Lines of 64-byte packets into a pipe that cat reads", lines_table),
          ("shared", "The same with a sender on each CPU, which the tools share", shared_table),
          ("reject", "Packets that the filter rejects (`udp port 9`)", reject_table),
          ("turns", "The same in turn on one socket", turns_table),
          ("sets", "Packets that a filter of many hosts rejects", sets_table),
          ("owners", "Owners of packets, paced, into a pcapng file, cache warm", owners_table),
          ("start", "Start-up", start_table))


def _ratio(a, b):
    return None if a is None or b is None or b <= 0 else a / b


def _paced_ratio(samples, size, cache, other):
    def cpu(tool):
        return median(figures(samples, "tool_cpu_ns", phase="paced", size=size, cache=cache,
                              tool=tool))
    return _ratio(cpu("skwatch"), cpu(other))


def _rate_ratio(samples, medium):
    def pps(tool):
        return median(figures(samples, "lossless_pps", phase="rate", size=1500, medium=medium,
                              tool=tool))
    return _ratio(pps("skwatch"), pps("tcpdump"))


def _lines_ratio(samples, phase):
    return _ratio(*(median(figures(samples, "lossless_pps", phase=phase, tool=tool))
                    for tool in ("skwatch", "tcpdump")))


def _reject_ratio(samples, ours, theirs, size, phase="reject"):
    return _ratio(*(over_alone(samples, phase, tool, "sender_cpu_ns", size=size)
                    for tool in (ours, theirs)))


def _owners_ratio(samples, size):
    return _ratio(*(median(figures(samples, "tool_cpu_ns", phase="owners", size=size, tool=tool))
                    for tool in ("owners", "no owners")))


def _start_ratio(samples, ours, theirs):
    return _ratio(*(median(figures(samples, "first_packet_ms", phase="start", tool=tool))
                    for tool in (ours, theirs)))


def budgets(samples):
    """(what, figure or None, bound, True where the figure must not be higher)"""
    out = []
    for size in (64, 1500):
        out.append((f"sender slowed, over tcpdump, {size} B",
                    _ratio(*(over_alone(samples, "flood", tool, "sender_cpu_ns", size=size)
                             for tool in ("skwatch", "tcpdump"))), 0.75, True))
    for size in (64, 1500):
        for cache in distinct(samples, "cache", phase="paced", size=size):
            out.append((f"... at a pace that both keep up with, {size} B, {cache}",
                        _ratio(*(over_alone(samples, "paced", tool, "sender_busy_ns", size=size,
                                            cache=cache) for tool in ("skwatch", "tcpdump"))),
                        0.75, True))
    for size in (64, 1500):
        for cache in distinct(samples, "cache", phase="paced", size=size):
            for other, bound in (("tcpdump", 0.3 if size == 64 else 0.2), ("dumpcap", 0.1)):
                out.append((f"capture CPU per packet to a file, over {other}, {size} B, {cache}",
                            _paced_ratio(samples, size, cache, other), bound, True))
    for medium, bound in (("cold", 2), ("warm", 1.2)):
        out.append((f"rate to disk without loss, over tcpdump, 1500 B, {medium}",
                    _rate_ratio(samples, medium), bound, False))
    out.append(("lines without loss, over tcpdump, 64 B", _lines_ratio(samples, "lines"), 5, False))
    out.append(("... with a sender on each CPU", _lines_ratio(samples, "shared"), 5, False))
    for size in distinct(samples, "size", phase="reject"):
        for ours, theirs in (("translated", "classic BPF"), ("skwatch", "tcpdump")):
            out.append((f"rejected packet, {ours} over {theirs}, {size} B",
                        _reject_ratio(samples, ours, theirs, size), 1.0, True))
        out.append((f"packet of others rejected, by owner over by filter, {size} B",
                    _reject_ratio(samples, "skwatch by owner", "skwatch", size), 1.5, True))
    for size in distinct(samples, "size", phase="turns"):
        out.append((f"rejected packet, translated over classic BPF, in turn, {size} B",
                    _reject_ratio(samples, "translated", "classic BPF", size, "turns"), 1.0, True))
    for size in distinct(samples, "size", phase="owners"):
        out.append((f"capture CPU per packet with owners, over without, {size} B",
                    _owners_ratio(samples, size), 1.15, True))
    for ours, theirs, bound in (("skwatch", "tcpdump", 1.5), ("skwatch, 16 rings", "tcpdump", 1.5),
                                ("skwatch on any", "tcpdump on any", 2)):
        out.append((f"start to first packet recorded, {ours} over {theirs}",
                    _start_ratio(samples, ours, theirs), bound, True))
    return out


def budget_table(samples):
    rows = []
    for what, figure, bound, at_most in budgets(samples):
        if figure is None:
            continue
        met = figure <= bound if at_most else figure >= bound
        rows.append([what, f"{figure:.3g}", ("<= " if at_most else ">= ") + f"{bound:g}",
                     "met" if met else "MISSED"])
    return table(["budget", "measured", "bound", ""], rows)


def text(samples, machine):
    """The whole report."""
    out = ["".join(f"- {name}: {value}\n" for name, value in machine.items())]
    if float(machine["load before"]) > BUSY_LOAD:
        out.append("**The machine was busy with other work: take these figures as a hint only.**\n")
    out.append("Medians, in brackets lowest and highest. Sender times are CPU time of the sending "
               "process, in which the whole receive path up to the tap runs.\n")
    for phase, title, make in TABLES:
        if any(s["phase"] == phase for s in samples):
            out.append(f"## {title}\n\n{make(samples)}")
    out.append(f"## Budgets\n\n{budget_table(samples)}")
    failed = [s for s in samples if "error" in s]
    if failed:
        out.append("## Runs that failed\n\n" + "".join(
            f"- {s['phase']} {s['tool']}: {' '.join(s['error'].split())}\n" for s in failed))
    return "\n".join(out)
