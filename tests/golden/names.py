#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Names of addresses that a recording tells are those of tshark, which learns them from the same
answers of DNS, but for what is decided otherwise: an alias stays the name that was asked, a later
name does not change an older connection, and a TLS hello names its own connection.

names.pcap was recorded between two namespaces: connections by HTTP and TLS (OpenSSL) to addresses
that dnsmasq has told before, and to some that nobody had asked for.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")
RECORDING = os.path.join(HERE, "names.pcap")
SYN = "tcp.flags.syn == 1 && tcp.flags.ack == 0"

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


def skwatch(*words):
    return subprocess.run([SKWATCH, *words], capture_output=True, text=True, check=False)


def messages(*options):
    done = skwatch("messages", "-r", RECORDING, "--names", "--json", *options)
    return [json.loads(line) for line in done.stdout.splitlines()]


def tshark(path, *options):
    """Port of the client and name of the server, of each connection."""
    done = subprocess.run(["tshark", "-r", path, *options, "-Y", SYN, "-T", "fields", "-e",
                           "tcp.srcport", "-e", "ip.dst_host", "-e", "ipv6.dst_host"],
                          capture_output=True, text=True, check=True)
    return {port: name or name6 for port, name, name6 in
            (line.split("\t") for line in done.stdout.splitlines())}


def lines(path, *options):
    """The same by our lines: where no name is known, the address."""
    done = skwatch("capture", "-r", path, "--names", *options,
                   "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn or ip6 or udp")
    found = re.findall(r" IP6? \S+\.(\d+) > (\S+)\.\d+: Flags \[S\]", done.stdout)
    return dict(found)


def compare():
    ours, theirs = lines(RECORDING), tshark(RECORDING, "-N", "dn")
    # They call the address by the end of the chain of aliases.
    theirs = {port: name.replace("shop.example.com", "alias.example.com")
              for port, name in theirs.items()}
    ok(len(ours) == 7 and ours == theirs, "lines have the names of tshark",
       "%s\n%s" % (ours, theirs))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.pcapng")
        skwatch("capture", "-r", RECORDING, "--names", "-w", path)
        block = tshark(path, "-2", "-N", "n")
        again = tshark(path, "-2", "-N", "n", "-o", "nameres.dns_pkt_addr_resolution:false")
        last = dict(theirs)
        # The latest name of an address stands in the file.
        for port, name in last.items():
            if name in ("www.example.com", "10.0.0.80") and not is_ip6(port):
                last[port] = "xn--bcher-kva.example.org"
        ok(block == last and again == last, "a pcapng file has names that tshark shows",
           "%s\n%s\n%s" % (block, again, last))
        copy = os.path.join(folder, "y.pcapng")
        skwatch("capture", "-r", path, "--names", "-w", copy)
        ok(tshark(copy, "-2", "-N", "n") == last, "so has the copy of such a file")
        parts = os.path.join(folder, "z.pcapng")
        skwatch("capture", "-r", RECORDING, "--names", "-w", parts, "-C", "20k")
        files = sorted(os.listdir(folder))
        named = [name for name in files if name.startswith("z") and
                 b"\1\0" in open(os.path.join(folder, name), "rb").read()]
        ok(len(named) > 1, "each file of a rotation is whole", files)
        seen = {}
        for name in named:
            seen.update(tshark(os.path.join(folder, name), "-2", "-N", "n"))
        ok("alias.example.com" in seen.values(), "and has names", seen)


def is_ip6(port):
    return any(m["client_port"] == int(port) and m["family"] == "inet6" for m in messages())


def sources():
    found = [(m["protocol"], m["server_addr"], m["remote_name"], m["remote_name_source"])
             for m in messages("-t", "http,tls")]
    ok(found == [("http", "10.0.0.80", None, None),
                 ("http", "10.0.0.80", "www.example.com", "dns"),
                 ("http", "2001:db8::80", "www.example.com", "dns"),
                 ("tls", "10.0.0.81", "alias.example.com", "dns"),
                 ("tls", "10.0.0.81", "other.example.com", "sni"),
                 ("http", "10.0.0.80", "xn--bcher-kva.example.org", "dns"),
                 ("tls", "10.0.0.82", "hidden.example.net", "sni")],
       "messages have names and their sources", found)
    done = skwatch("messages", "-r", RECORDING, "--json")
    ok(len(done.stdout.splitlines()) == 12 and
       done.stdout.count('"remote_name":null,"remote_name_source":null') == 12,
       "without --names they are unknown", done.stdout)
    done = skwatch("messages", "-r", RECORDING, "--names")
    ok("> www.example.com:8080 " in done.stdout and ", name by sni\n" in done.stdout and
       "5 answers and 2 hellos with names" in done.stderr, "lines have them", done)


def quic():
    """The host name of QUIC's ClientHello, also behind a Retry and after another version."""
    sample = os.path.join(HERE, "..", "..", "pcap-samples", "recorded-quic.pcap")
    done = skwatch("messages", "-r", sample, "--names", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    if not any(m["kind"].startswith("SNI") for m in told):
        ok(True, "QUIC names its server # SKIP skwatch was built without nettle")
        return
    wanted = [m["kind"][4:] if m["kind"].startswith("SNI ") else None for m in told]
    ok([m["remote_name"] for m in told] == wanted and wanted.count(None) == 2 and
       {m["remote_name_source"] for m in told} == {"sni", None}, "QUIC names its server", told)


def expressions():
    ok([m["remote_name"] for m in messages("--where", "remote_name = hidden.example.net")] ==
       ["hidden.example.net"], "--where takes a name")
    ok(len(messages("--where", "remote_name ~ example.com and protocol != dns")) == 4,
       "and a part of one")
    # Unknown is neither equal nor different.
    ok(len(messages("--where", "remote_name != www.example.com")) == 4,
       "what is unknown is not compared")
    done = skwatch("messages", "-r", RECORDING, "--where", "remote_name ~ x")
    ok(done.returncode == 2 and "--where: remote_name: names are not learned; give --names" in
       done.stderr, "without --names a message tells what to do", done)


def refusals():
    for words, reason in ((["-n"], "--names and -n contradict"),
                          (["--resolve"], "give one of them"),
                          (["--count"], "--names is for lines and files"),
                          (["-w", "/nowhere/x.pcap"], "a pcap file has no place for names")):
        done = skwatch("capture", "-r", RECORDING, "--names", *words)
        ok(done.returncode == 2 and reason in done.stderr, "--names %s is refused" % words[0],
           done)


def main():
    if shutil.which("tshark"):
        compare()
    else:
        ok(True, "names are those of tshark # SKIP there is no tshark")
    sources()
    quic()
    expressions()
    refusals()
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
