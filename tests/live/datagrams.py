#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares rows of `top -u --json` with what sockets have counted themselves (conns datagrams).

  datagrams.py same ROWS TOLD              the last row of each socket that TOLD has, but "old"
  datagrams.py old ROWS TOLD               no totals of the sockets "old", but a rate
  datagrams.py group ROWS TOLD PID         the sums of the group of that process
  datagrams.py drops ROWS TOLD             the drops of the server of "flood", and their rate

Differences are printed, and then the exit status is 1.
"""
import json
import sys

FIELDS = ("bytes_acked", "bytes_received", "packets_out", "packets_in")


def load(path):
    """The last line may not be complete yet."""
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.endswith("}\n")]


def told(path):
    """{cookie: (name, side, counts)}; of a socket that is told again, the last."""
    with open(path, encoding="utf-8") as f:
        lines = [line.split() for line in f if line.startswith("socket ")]
    return {int(w[3]): (w[1], w[2], tuple(map(int, w[4:]))) for w in lines}


def same(rows, sockets):
    last = {r.get("cookie"): r for r in rows}
    for cookie, (name, side, counts) in sockets.items():
        row = last.get(cookie, {})
        got = tuple(row.get(f) for f in FIELDS)
        if name != "old" and got != counts:
            yield f"{name} {side}: {got}, not {counts}; state {row.get('state')}"
        if name != "old" and row.get("state") == "CLOSED" and row.get("comm") != "conns":
            yield f"{name} {side}: closed by {row.get('comm')}"


def old(rows, sockets):
    cookies = {c for c, (name, _, _) in sockets.items() if name == "old"}
    rows = [r for r in rows if r.get("cookie") in cookies]
    for field in FIELDS:
        if any(r[field] is not None for r in rows):
            yield f"old: {field} is told"
    for field in ("tx_bps", "rx_bps", "tx_pps", "rx_pps"):
        if not any(r[field] for r in rows):
            yield f"old: {field} is never told"


def group(rows, sockets, pid):
    groups = [r for r in rows if r.get("number") == int(pid)]
    want = tuple(sum(counts[i] for name, _, counts in sockets.values() if name != "old")
                 for i in range(2))
    got = tuple(groups[-1][f] for f in FIELDS[:2]) if groups else None
    if got != want:
        yield f"group: {got}, not {want}"


def drops(rows, sockets):
    for cookie, (name, side, _) in sockets.items():
        of = [r for r in rows if r.get("cookie") == cookie]
        if (name, side) == ("flood", "server") and not any(r["drops"] for r in of):
            yield "flood: no drops"
        if (name, side) == ("flood", "server") and not any(r["drop_rate"] for r in of):
            yield "flood: no rate of drops"


def main():
    what, rows, sockets = sys.argv[1], load(sys.argv[2]), told(sys.argv[3])
    tests = {"same": same, "old": old, "group": group, "drops": drops}
    faults = list(tests[what](rows, sockets, *sys.argv[4:]))
    if not sockets:
        faults.append("nothing was told")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
