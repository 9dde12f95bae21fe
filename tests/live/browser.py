# SPDX-License-Identifier: BSD-2-Clause
"""Drives a headless Chromium over its debugging pipe. See report_look.py for its use."""
import json
import os
import shutil
import subprocess
import tempfile

# Without a way to the network, and without programs of its own that ask for updates.
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--remote-debugging-pipe"]


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="browser-")
        out_read, self.out = os.pipe()
        self.back, back_write = os.pipe()

        def place():
            os.dup2(out_read, 103)
            os.dup2(back_write, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        self.process = subprocess.Popen(
            ["chromium", *ARGUMENTS, "--user-data-dir=" + self.folder, "about:blank"],
            preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder})
        os.close(out_read)
        os.close(back_write)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def _read(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise EOFError("the browser has gone")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            got = self._read()
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]))
                return got["result"]
            self.events.append(got)

    def wait(self, method):
        """Waits for an event that may have come already."""
        for event in self.events:
            if event.get("method") == method:
                return event["params"]
        while True:
            got = self._read()
            self.events.append(got)
            if got.get("method") == method:
                return got["params"]

    def run(self, expression):
        """The value of an expression in the page, or of what it promises."""
        got = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                        returnByValue=True)
        if "exceptionDetails" in got:
            raise RuntimeError("%s: %s" % (expression, got["exceptionDetails"]))
        return got["result"].get("value")

    def open(self, url):
        self.events = [e for e in self.events if not e.get("method", "").startswith("Page.")]
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def key(self, key, code=0):
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code, **(text if kind == "keyDown" else {}))

    def click(self, selector):
        """A press of the mouse in the middle of the first element."""
        x, y = self.run("(() => { const e = document.querySelector(%s);"
                        " e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
                        " return [b.left + Math.min(b.width, 300) / 2, b.top + b.height / 2]; })()"
                        % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, selector, start, end):
        """Drags over an element, from one share of its width to another."""
        left, width, y = self.run(
            "(() => { const b = document.querySelector(%s).getBoundingClientRect();"
            " return [b.left, b.width, b.top + b.height / 2]; })()" % json.dumps(selector))
        for kind, share in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
            self.call("Input.dispatchMouseEvent", type=kind, x=left + share * width, y=y,
                      button="left", clickCount=1)

    def picture(self, name, width, height, scheme="light", media=""):
        import base64
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(name, "wb") as out:
            out.write(base64.b64decode(data))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.back)
        shutil.rmtree(self.folder, ignore_errors=True)

    def complaints(self):
        """All that the page has logged, thrown or asked for since it was opened."""
        found = []
        for e in self.events:
            method, params = e.get("method"), e.get("params", {})
            if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                          "Page.javascriptDialogOpening"):
                found.append("%s: %s" % (method, json.dumps(params)[:400]))
            if method == "Network.requestWillBeSent" and params["type"] != "Document":
                found.append("request: " + params["request"]["url"][:200])
        return found
