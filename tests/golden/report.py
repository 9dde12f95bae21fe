#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Pages of `skwatch report` of all samples: the same each time, well-formed, with nothing that loads
or runs, and with the figures that `capture --summary` has. One of them is compared as text with
report.txt; `report.py --write` makes that file again.
"""
import base64
import difflib
import glob
import hashlib
import html.parser
import json
import os
import re
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("srcdir", os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SRCDIR, "pcap-samples")
SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")
GOLDEN = os.path.join(HERE, "report.txt")
OF_GOLDEN = "recorded-tcp-retransmissions.pcap"

# HTML lets these end without a tag, and these have none.
OPTIONAL = {"td", "th", "tr", "thead", "tbody", "html", "body", "head"}
VOID = {"meta", "input", "path", "br"}
# Elements and attributes that a page may have. Everything else is a mistake, or an attack.
ELEMENTS = OPTIONAL | VOID | {
    "article", "b", "code", "dd", "dialog", "div", "dl", "dt", "em", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "header", "i", "li", "main", "ol", "output", "p", "script", "section",
    "small", "span", "style", "svg", "table", "time", "title", "ul"}
ATTRIBUTES = {
    "aria-label", "autocomplete", "charset", "class", "content", "d", "data-details", "data-packed",
    "data-together", "hidden", "http-equiv", "id", "lang", "name", "placeholder",
    "preserveaspectratio", "role", "spellcheck", "title", "type", "viewbox"}

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.wrong, self.blocks, self.lines = [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += ["%s does not end" % name for name in self.stack if name not in OPTIONAL]

    def handle_starttag(self, name, attributes):
        if name not in ELEMENTS:
            self.wrong.append("element %s" % name)
        self.wrong += ["attribute %s of %s" % (a, name) for a, _ in attributes
                       if a not in ATTRIBUTES]
        if name == "body":
            self.packed = dict(attributes)["data-packed"]
        if name not in VOID:
            self.stack.append(name)
        if name in ("script", "style"):
            self.blocks.append([dict(attributes), ""])

    def handle_endtag(self, name):
        if name in VOID:
            return
        while self.stack and self.stack[-1] != name and self.stack[-1] in OPTIONAL:
            self.stack.pop()
        if not self.stack or self.stack.pop() != name:
            self.wrong.append("%s ends where it was not open" % name)

    def handle_data(self, data):
        if self.stack and self.stack[-1] in ("script", "style"):
            self.blocks[-1][1] += data
        elif data.strip():
            self.lines.append(" ".join(data.split()))

    def data(self):
        """The values that the script unpacks."""
        packed = [text for attributes, text in self.blocks if attributes.get("type")]
        deflated = self.packed == "deflate"
        return [json.loads(zlib.decompress(raw) if deflated else raw)
                for raw in map(base64.b64decode, packed)]


def run(*arguments):
    # Its status is 1 for samples that are cut.
    return subprocess.run([SKWATCH, *arguments], capture_output=True, check=False).stdout.decode()


def check_policy(page, text):
    policy = re.search('content="(default-src[^"]*)"', text).group(1)
    hashes = ["'sha256-%s'" % base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
              for attributes, block in page.blocks if not attributes.get("type")]
    return policy == ("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; "
                      "form-action 'none'" % tuple(hashes))


def problems(path, text):
    page = Page(text)
    found = list(page.wrong)
    if not check_policy(page, text):
        found.append("the policy has other hashes")
    if re.search(r"(https?|file|data|javascript):(?!//www\.w3\.org/2000/svg)", text):
        found.append("an address")
    summary = [json.loads(line) for line in
               run("capture", "-r", path, "--summary", "--json").splitlines()]
    index, details = page.data()[0], [c for pack in page.data()[1:] for c in pack]
    if len(details) != len(summary) or any(len(c) != len(details) for c in index["columns"]):
        found.append("%d connections, but %d in the summary" % (len(details), len(summary)))
    # The columns are trouble, begin, duration, and then the bytes of both ends.
    if sum(index["columns"][3] + index["columns"][4]) != sum(c["bytes"] for c in summary):
        found.append("other bytes than in the summary")
    again = [c["retrans"] or 0 for c in summary if c["proto"] == "tcp"]
    if again and sum(v for v in index["columns"][5] if v > 0) != sum(again):
        found.append("other retransmissions than in the summary")
    return found


def as_text(text):
    page = Page(text)
    lines = page.lines + ["", "index"]
    data = page.data()
    lines += ["%s %s" % (key, json.dumps(value)) for key, value in data[0].items()]
    for c in [c for pack in data[1:] for c in pack]:
        lines += ["", "connection"]
        lines += ["%s %s" % (key, json.dumps(value)) for key, value in c.items()]
    return "\n".join(lines) + "\n"


def golden():
    text = as_text(run("report", os.path.join(SAMPLES, OF_GOLDEN), "-o", "-"))
    if sys.argv[1:] == ["--write"]:
        with open(GOLDEN, "w", encoding="utf-8") as out:
            out.write(text)
    with open(GOLDEN, encoding="utf-8") as kept:
        expected = kept.read()
    ok(text == expected, "the page of %s has the texts and figures of report.txt" % OF_GOLDEN,
       "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(), lineterm="")))


def main():
    golden()
    for path in sorted(glob.glob(os.path.join(SAMPLES, "*.pcap*"))):
        name = os.path.basename(path)
        text = run("report", path, "-o", "-")
        if not text and not run("capture", "-r", path, "--summary", "--json"):
            ok(True, "%s can't be read, so there is no page" % name)
            continue
        ok(text == run("report", path, "-o", "-"), "%s gives the same page again" % name)
        found = problems(path, text)
        ok(not found, "%s gives a page that is whole and has the summary's figures" % name,
           "\n".join(found[:10]))
    print("1..%d" % count)
    return failed > 0


sys.exit(main())
