#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers and clients whose sockets have a known owner, for tests of captures by owner.

	owned.py serve ADDR PORT [SHAPE]   echo server for TCP and UDP; prints "ready"
	owned.py talk ADDR PORT N          N connections, then N datagrams of each kind of socket
	owned.py hold ADDR PORT            opens a connection and a UDP socket, prints "ready", and
	                                   talks over both for each line of standard input
	owned.py quiet                     prints "ready"; for each line "ADDR PORT" talks once
	owned.py odd                       likewise, with a datagram in fragments, and one to port 9,
	                                   where nobody is
	owned.py many ADDR PORT N          holds N connections open at once, and talks over each
	owned.py as NAME COMMAND...        likewise, with that name of the process

SHAPE is one of: plain; fork (a process for each connection); prefork (a child accepts).
"""
import os
import select
import socket
import sys

PATIENCE_S = 60


def say(text):
    print(text, flush=True)


def make(kind, addr):
    s = socket.socket(socket.AF_INET6 if ':' in addr else socket.AF_INET, kind)
    s.settimeout(PATIENCE_S)
    return s


def answer(conn):
    while data := conn.recv(4096):
        conn.sendall(data)
    conn.close()


def serve_tcp(listener, shape):
    conn, _ = listener.accept()
    conn.settimeout(PATIENCE_S)
    if shape != 'fork':
        answer(conn)
    elif os.fork() == 0:
        listener.close()
        answer(conn)
        os._exit(0)
    conn.close()


def serve(addr, port, shape='plain'):
    tcp, udp = make(socket.SOCK_STREAM, addr), make(socket.SOCK_DGRAM, addr)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for s in tcp, udp:
        s.bind((addr, int(port)))
    tcp.listen(64)
    if shape == 'prefork' and os.fork():
        say('ready')
        os.wait()
        return
    if shape != 'prefork':
        say('ready')
    while True:
        for s in select.select([tcp, udp], [], [])[0]:
            if s is tcp:
                serve_tcp(tcp, shape)
            else:
                data, peer = udp.recvfrom(4096)
                udp.sendto(data, peer)


def exchange(conn, data=b'x' * 700):
    conn.sendall(data)
    got = 0
    while got < len(data):
        got += len(conn.recv(4096))


def talk_tcp(to):
    with make(socket.SOCK_STREAM, to[0]) as conn:
        conn.connect(to)
        exchange(conn)
        conn.shutdown(socket.SHUT_WR)
        while conn.recv(4096):
            pass


def ask(udp, to, size=300):
    udp.sendto(b'y' * size, to)
    udp.recv(4096)


def talk(addr, port, n):
    to = (addr, int(port))
    connected, free = make(socket.SOCK_DGRAM, addr), make(socket.SOCK_DGRAM, addr)
    connected.connect(to)
    for _ in range(int(n)):
        talk_tcp(to)
        exchange(connected, b'z' * 200)
        ask(free, to)


def hold(addr, port):
    to = (addr, int(port))
    conn, udp = make(socket.SOCK_STREAM, addr), make(socket.SOCK_DGRAM, addr)
    conn.connect(to)
    exchange(conn)
    ask(udp, to)
    say('ready')
    for _ in sys.stdin:
        exchange(conn)
        ask(udp, to)
        say('done')
    conn.close()


def each_line(do):
    say('ready')
    for line in sys.stdin:
        do(*line.split())
        say('done')


def quiet():
    each_line(lambda addr, port: talk(addr, port, 1))


def be_odd(addr, port):
    with make(socket.SOCK_DGRAM, addr) as udp:
        ask(udp, (addr, int(port)), 4000)
    with make(socket.SOCK_DGRAM, addr) as udp:
        udp.connect((addr, 9))
        udp.send(b'x')
        try:
            udp.recv(1)
        except ConnectionRefusedError:
            pass


def odd():
    each_line(be_odd)


def many(addr, port, n):
    conns = []
    for _ in range(int(n)):
        conn = make(socket.SOCK_STREAM, addr)
        conn.connect((addr, int(port)))
        conns.append(conn)
    for conn in conns:
        conn.close()


def rename(name, command, *words):
    with open('/proc/self/comm', 'w') as comm:
        comm.write(name)
    COMMANDS[command](*words)


COMMANDS = {'serve': serve, 'talk': talk, 'hold': hold, 'quiet': quiet, 'odd': odd,
            'many': many, 'as': rename}

if __name__ == '__main__':
    COMMANDS[sys.argv[1]](*sys.argv[2:])

