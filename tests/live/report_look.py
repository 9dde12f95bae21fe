#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Opens a page of `skwatch report` in a browser and prints what it finds, as NAME=VALUE lines.

report_look.py PAGE [PICTURE]
"""
import json
import os
import sys

import browser

READY = "new Promise((done) => { const look = () => document.body.dataset.ready ? done(1) : " \
        "requestAnimationFrame(look); look(); })"
OPENED = "new Promise((done) => { const look = () => document.getElementById('detail').open%s ? " \
         "done(1) : requestAnimationFrame(look); look(); })"
# The end of a row's connection, and figures of a column as the page shows them.
COLUMN = "[...document.querySelectorAll('#table tbody tr')].map((r) => r.cells[%d].textContent)"
SHOWN = "[...document.querySelectorAll('#table tbody tr')].filter((r) => !r.hidden).length"


def say(**values):
    for name, value in values.items():
        print("%s=%s" % (name, value))


def look_at_table(b):
    rows = b.run("document.querySelectorAll('#table tbody tr').length")
    say(rows=rows, load_ms=b.run("Math.round(performance.timing.loadEventEnd - "
                                 "performance.timing.navigationStart)"))
    before = b.run(COLUMN % 0)
    b.click("#table th:nth-child(1) button")
    by_name = b.run(COLUMN % 0)
    b.click("#table th:nth-child(1) button")
    say(same_rows=sorted(before) == sorted(by_name), sorts=by_name == b.run(COLUMN % 0)[::-1],
        arrow=b.run("document.querySelector('#table th').getAttribute('aria-sort')"))
    b.click("#table th:nth-child(4) button")
    say(worst_first=b.run(COLUMN % 0) == before)
    b.run("document.getElementById('filter').focus()")
    b.call("Input.insertText", text="refused")
    say(filtered=b.run(SHOWN), matches=b.run("document.getElementById('matches').textContent"))
    b.run("document.getElementById('filter').value = ''; document.getElementById('filter')"
          ".dispatchEvent(new Event('input'))")


def look_at_details(b):
    # The connection that has got the most bytes is the first now.
    b.click("#table th:nth-child(8) button")
    b.click("#table tbody tr td:nth-child(2)")
    b.run(OPENED % "")
    say(by_click=1,
        charts=b.run("document.querySelectorAll('#detail figure').length"),
        drawn=b.run("[...document.querySelectorAll('#detail .sent, #detail .acked, #detail .wire')]"
                    ".filter((p) => (p.getAttribute('d') || '').length > 40).length"),
        resent=b.run("document.querySelectorAll('#detail path.again').length"),
        requests=b.run("document.querySelectorAll('#detail em').length"),
        states=b.run("[...document.querySelectorAll('#detail .states span')]"
                     ".map((s) => s.textContent).join(' ')"))
    whole = b.run("document.querySelector('#detail .xs').textContent")
    b.drag("#detail .tall svg", 0.3, 0.6)
    zoomed = b.run("document.querySelector('#detail .xs').textContent")
    b.click("#detail .sides button:last-child")
    say(zooms=zoomed != whole and whole == b.run("document.querySelector('#detail .xs').textContent"))
    first = b.run("document.querySelector('#detail h3').textContent")
    b.key("ArrowRight", 39)
    b.run("new Promise((done) => { const look = () => document.querySelector('#detail h3')"
          ".textContent !== %s ? done(1) : requestAnimationFrame(look); look(); })"
          % json.dumps(first))
    b.key("Escape", 27)
    b.run(OPENED % " === false")
    # The row of the connection that was shown last gets the focus.
    b.run("new Promise((done) => { const look = () => document.activeElement === document"
          ".querySelectorAll('#table tbody tr')[1] ? done(1) : requestAnimationFrame(look); look(); })")
    b.key("ArrowUp", 38)
    b.key("Enter", 13)
    b.run(OPENED % "")
    say(by_key=b.run("document.querySelector('#detail h3').textContent") == first)
    # All of them, so that each hostile name has been in a page.
    b.run("(async () => { for (const r of document.querySelectorAll('#table tbody tr')) { r.click();"
          " await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
          " } })()")


def main():
    b = browser.Browser()
    try:
        b.call("Emulation.setDeviceMetricsOverride", width=1400, height=1000, deviceScaleFactor=1,
               mobile=False)
        b.run("0")
        b.open("file://" + os.path.abspath(sys.argv[1]))
        b.run(READY)
        look_at_table(b)
        if len(sys.argv) > 2:
            b.picture(sys.argv[2], 1400, 1400)
        look_at_details(b)
        say(hit=b.run("String(window.hit)"), images=b.run("document.images.length"),
            complaints="; ".join(b.complaints()) or "none")
        # Without scripts, all but details is there.
        b.call("Emulation.setScriptExecutionDisabled", value=True)
        b.open("file://" + os.path.abspath(sys.argv[1]))
        tree = b.call("DOM.getDocument", depth=-1)
        text = json.dumps(tree)
        say(static_articles=text.count('"ARTICLE"'), static_rows=text.count('"TR"') - 1)
        paper = b.call("Page.printToPDF", printBackground=True)["data"]
        say(paper=len(paper) > 20000)
    finally:
        b.close()


main()
