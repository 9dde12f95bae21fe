# SPDX-License-Identifier: BSD-2-Clause
"""
Real servers in a network namespace, and the load of their own clients. A load returns a Load: what
the client itself says of its requests. Everything that a server writes is in its own folder.
"""
import dataclasses
import glob
import math
import os
import pwd
import re
import subprocess
import time

SERVER = "10.78.0.1"
PATIENCE_S = 60
HERE = os.path.dirname(os.path.abspath(__file__))
PLAYER = os.path.join(HERE, "..", "messages", "player")


@dataclasses.dataclass
class Load:
    """Times are in microseconds; None: the client does not tell it."""
    requests: int
    p50: float = None
    p99: float = None
    mean: float = None
    note: str = ""


def quantile(ordered, q):
    return ordered[max(0, math.ceil(q * len(ordered)) - 1)] if ordered else None


def of_times(times, note=""):
    ordered = sorted(times)
    return Load(len(times), quantile(ordered, 0.5), quantile(ordered, 0.99),
                sum(times) / len(times) if times else None, note)


class Service:
    """A server, and what its clients ask."""
    name = protocol = port = program = None
    user = None         # it must not be root

    def __init__(self, scale, seconds, connections):
        self.scale, self.seconds, self.connections = scale, seconds, connections

    def prepare(self, folder):
        """Steps before the server starts."""

    def command(self, folder):
        raise NotImplementedError

    def fill(self, client, folder):
        """Data for the load, before skwatch starts."""

    def load(self, client):
        """client(argv) runs a program in the client's namespace, and returns its output."""
        raise NotImplementedError

    def is_load(self, m):
        return m["protocol"] == self.protocol


class Nginx(Service):
    name, protocol, port, program = "nginx, wrk", "http", 8080, "nginx"

    def command(self, folder):
        with open(os.path.join(folder, "nginx.conf"), "w", encoding="ascii") as f:
            f.write(f"""daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
                events {{ worker_connections 4096; }}
                http {{ access_log off; keepalive_requests 100000000;
                    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
                    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
                    scgi_temp_path {folder}/s;
                    server {{ listen {SERVER}:{self.port};
                        location / {{ return 200 "hello, world"; }} }} }}""")
        return ["nginx", "-c", f"{folder}/nginx.conf", "-p", folder]

    def fill(self, client, folder):
        self.script = os.path.join(folder, "done.lua")
        with open(self.script, "w", encoding="ascii") as f:
            f.write('done = function(s, l) io.write("figures ", s.requests, " ",'
                    'l:percentile(50), " ", l:percentile(99), " ", l.mean, "\\n") end')

    def load(self, client):
        said = client(["wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds}s", "-s", self.script,
                       f"http://{SERVER}:{self.port}/x"])
        n, p50, p99, mean = re.search(r"figures (\S+) (\S+) (\S+) (\S+)", said).groups()
        return Load(int(n), float(p50), float(p99), float(mean),
                    "those under way at its end are not in its count")


class NginxAb(Nginx):
    name = "nginx, ab -k"

    def fill(self, client, folder):
        self.table = os.path.join(folder, "ab.csv")

    def load(self, client):
        said = client(["ab", "-k", "-q", "-c", str(self.connections), "-n", str(20000 * self.scale), "-e", self.table,
                       f"http://{SERVER}:{self.port}/x"])
        with open(self.table, encoding="ascii") as f:
            table = dict(line.strip().split(",") for line in f)
        n = int(re.search(r"Complete requests:\s+(\d+)", said).group(1))
        return Load(n, float(table["50"]) * 1000, float(table["99"]) * 1000,
                    note="of each percent it tells the upper end")


class Redis(Service):
    name, protocol, port, program = "redis, -P 1", "redis", 6379, "redis-server"
    pipeline = 1

    def command(self, folder):
        return ["redis-server", "--port", str(self.port), "--bind", SERVER, "--save", "",
                "--appendonly", "no", "--protected-mode", "no", "--dir", folder]

    def load(self, client):
        n = 50000 * self.scale * (4 if self.pipeline > 1 else 1)
        said = client(["redis-benchmark", "-h", SERVER, "-p", str(self.port), "-n", str(n), "-c",
                       str(self.connections), "-t", "get", "-P", str(self.pipeline), "--csv"])
        row = dict(zip(*[[f.strip('"') for f in line.split(",")] for line in
                         (line for line in said.splitlines()
                          if line.startswith(('"test"', '"GET"')))]))
        return Load(n, *(1000 * float(row[k + "_latency_ms"]) for k in ("p50", "p99", "avg")),
                    note="" if self.pipeline == 1 else "it gives all of a pipeline one time")

    def is_load(self, m):
        return m["protocol"] == self.protocol and m["kind"] == "GET"


class RedisPipeline(Redis):
    name, pipeline = "redis, -P 16", 16


class Postgres(Service):
    name, protocol, port, program = "postgresql, pgbench -S", "postgres", 5432, "postgres"
    user = "postgres"

    def bin(self, name):
        return sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[-1]

    def prepare(self, folder):
        self.folder = folder
        subprocess.run(["runuser", "-u", self.user, "--", self.bin("initdb"), "-D", f"{folder}/db",
                        "-A", "trust", "-U", "postgres"], check=True, stdout=subprocess.DEVNULL)
        with open(f"{folder}/db/pg_hba.conf", "a", encoding="ascii") as f:
            f.write("host all all 10.78.0.0/24 trust\n")

    def command(self, folder):
        return ["runuser", "-u", self.user, "--", self.bin("postgres"), "-D", f"{folder}/db", "-h",
                SERVER, "-k", folder, "-p", str(self.port), "-c", "fsync=off"]

    def pgbench(self, client, *words):
        return client(["pgbench", "-h", SERVER, "-p", str(self.port), "-U", "postgres", *words,
                       "postgres"])

    def fill(self, client, folder):
        self.pgbench(client, "-q", "-i")

    def load(self, client):
        log = os.path.join(self.folder, "log")
        self.pgbench(client, "-n", "-S", "-c", str(self.connections), "-t",
                     str(5000 * self.scale // self.connections), "-l", "--log-prefix", log)
        times = []
        for path in glob.glob(log + ".*"):
            with open(path, encoding="ascii") as f:
                times += [int(line.split()[2]) for line in f]
        return of_times(times, "it measures the transaction with its own work")

    def is_load(self, m):
        return m["kind"].startswith("SELECT abalance")


class Mariadb(Service):
    name, protocol, port, program = "mariadb, sysbench", "mysql", 3306, "mariadbd"
    user = "mysql"

    def prepare(self, folder):
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={folder}/db",
                        f"--user={self.user}", "--auth-root-authentication-method=normal",
                        "--skip-test-db"], check=True, stdout=subprocess.DEVNULL)

    def command(self, folder):
        with open(f"{folder}/init.sql", "w", encoding="ascii") as f:
            f.write("CREATE DATABASE load_db;\nCREATE USER u@'%';\n"
                    "GRANT ALL ON *.* TO u@'%';\n")
        return ["mariadbd", "--no-defaults", f"--datadir={folder}/db", f"--user={self.user}",
                f"--socket={folder}/sock", f"--pid-file={folder}/pid", f"--port={self.port}",
                f"--bind-address={SERVER}", f"--init-file={folder}/init.sql",
                "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]

    def sysbench(self, client, *words):
        return client(["sysbench", "oltp_point_select", f"--mysql-host={SERVER}",
                       f"--mysql-port={self.port}", "--mysql-user=u", "--mysql-db=load_db",
                       "--db-ps-mode=disable", "--table-size=1000", *words])

    def fill(self, client, folder):
        self.sysbench(client, "prepare")

    def load(self, client):
        said = self.sysbench(client, f"--threads={self.connections}", f"--events={5000 * self.scale}", "--time=0",
                             "--histogram=on", "--percentile=99", "run")
        bars = [(float(at), int(n)) for at, n in
                re.findall(r"^\s*(\d+\.\d+) \|\**\s+(\d+)$", said, re.M)]
        total, seen, found = sum(n for _, n in bars), 0, {}
        for at, n in bars:
            seen += n
            for q in (0.5, 0.99):
                if seen >= q * total and q not in found:
                    found[q] = at * 1000
        queries = int(re.search(r"read:\s+(\d+)", said).group(1))
        mean = float(re.search(r"avg:\s+(\S+)", said).group(1))
        return Load(queries, found.get(0.5), found.get(0.99), mean * 1000,
                    "a histogram, and it measures its own script, too")

    def is_load(self, m):
        return m["kind"].startswith("SELECT c FROM sbtest")


class MariadbSlap(Mariadb):
    name = "mariadb, mariadb-slap"

    def fill(self, client, folder):
        pass

    def load(self, client):
        n = 5000 * self.scale
        client(["mariadb-slap", "-h", SERVER, "-P", str(self.port), "-u", "u", "--skip-ssl",
                f"--concurrency={self.connections}", f"--number-of-queries={n}", "--query=SELECT 41 + 1",
                "--create-schema=load_db"])
        return Load(n, note="it tells no times of requests")

    def is_load(self, m):
        return m["kind"].startswith("SELECT ? +")


class Memcached(Service):
    name, protocol, port, program = "memcached, player", "memcached", 11211, "memcached"

    def command(self, folder):
        return ["memcached", "-u", "nobody", "-l", SERVER, "-p", str(self.port), "-U", "0", "-t", "1"]

    def load(self, client):
        return play(self, client)

    def is_load(self, m):
        return m["protocol"] == self.protocol and m["kind"].startswith("get")


class MemcachedSlap(Memcached):
    name = "memcached, memcslap"

    def load(self, client):
        n = 5000 * self.scale
        client(["memcslap", f"--servers={SERVER}:{self.port}", f"--concurrency={self.connections}",
                f"--execute-number={n // self.connections}", "--test=set"])
        return Load(n, note="it tells no times of requests")

    def is_load(self, m):
        return m["protocol"] == self.protocol and m["kind"].startswith("set")


class Dns(Service):
    protocol, port = "dns", 53
    words = []

    def fill(self, client, folder):
        self.names = os.path.join(folder, "names")
        with open(self.names, "w", encoding="ascii") as f:
            f.writelines(f"host{n}.example A\n" for n in range(1000))

    def load(self, client):
        said = client(["dnsperf", "-v", "-s", SERVER, "-p", str(self.port), "-d", self.names, "-c",
                       "1", "-q", str(self.connections), "-n", str(2 * self.scale), *self.words])
        times = [float(t) * 1e6 for t in re.findall(r"^> \S+ \S+ \S+ (\d+\.\d+)", said, re.M)]
        return of_times(times, "it sends the next one 4 ms later on one CPU")


class Dnsmasq(Dns):
    name, program = "dnsmasq, dnsperf", "dnsmasq"

    def command(self, folder):
        return ["dnsmasq", "-k", "-p", str(self.port), "-a", SERVER, "--bind-interfaces", "-C",
                "/dev/null", "-R", "-h", "--user=root", f"--pid-file={folder}/pid",
                "--address=/example/192.0.2.1"]


class Unbound(Dns):
    name, program = "unbound, dnsperf -m tcp", "unbound"
    words = ["-m", "tcp"]

    def command(self, folder):
        with open(f"{folder}/unbound.conf", "w", encoding="ascii") as f:
            f.write(f"""server:
                interface: {SERVER}
                port: {self.port}
                access-control: 10.78.0.0/24 allow
                username: ""
                chroot: ""
                directory: "{folder}"
                pidfile: "{folder}/pid"
                use-syslog: no
                do-daemonize: no
                local-zone: "example." redirect
                local-data: "example. A 192.0.2.1"
                remote-control:
                control-enable: no\n""".replace("remote-control:\n                control",
                                                  "\nremote-control:\n  control"))
        return ["unbound", "-d", "-c", f"{folder}/unbound.conf"]


def play(service, client):
    said = client([PLAYER, "ask", service.protocol, SERVER, str(service.port),
                   str(10000 * service.scale), str(service.connections)])
    return of_times([int(line) / 1000 for line in said.split()], "a client in Python")


class Thrift(Service):
    name, protocol, port, program = "thrift, player", "thrift", 9090, "python3"

    def command(self, folder):
        return [PLAYER, "serve", self.protocol, SERVER, str(self.port)]

    def load(self, client):
        return play(self, client)


class Kafka(Thrift):
    name, protocol, port = "kafka, player", "kafka", 9092


SERVICES = [Nginx, NginxAb, Redis, RedisPipeline, Postgres, Mariadb, MariadbSlap, Memcached,
            MemcachedSlap, Dnsmasq, Unbound, Thrift, Kafka]


# ---- running one ----

def give(folder, user):
    """The server's user may use its folder."""
    who = pwd.getpwnam(user)
    os.chown(folder, who.pw_uid, who.pw_gid)


def answers(client, service):
    """Whether somebody listens at the port (TCP)."""
    code = (f"import socket; socket.create_connection(('{SERVER}', {service.port}), 1).close()")
    try:
        client(["python3", "-c", code])
        return True
    except subprocess.CalledProcessError:
        return False


def await_server(process, client, service):
    """Until it answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        if answers(client, service):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{service.name}: the server does not answer")


def missing(service):
    """Whether the program is not installed."""
    paths = os.environ["PATH"].split(":") + ["/usr/sbin"] + glob.glob("/usr/lib/postgresql/*/bin")
    return not any(os.access(os.path.join(p, service.program), os.X_OK) for p in paths)
