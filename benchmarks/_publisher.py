"""`python -m benchmarks._publisher PORT COUNT AGO`: devices that publish as fast as the broker acknowledges, QoS 1, at little cost to the machine.

Packets are made beforehand and written to plain sockets, so that what is measured is not the publisher. It says when it is ready, and begins
when it reads a line. AGO is how many seconds ago the first observation was made.
"""

from __future__ import annotations

import selectors
import socket
import struct
import sys
import time

CONNECTIONS, WINDOW, DEVICES, EACH = 4, 500, 1_000, 5


def connect(port: int, name: str) -> socket.socket:
    """Connect as a client of MQTT 3.1.1."""
    made = socket.create_connection(("127.0.0.1", port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    told = b"\x00\x04MQTT\x04\x02\x00\x3c" + struct.pack("!H", len(name)) + name.encode()
    made.sendall(bytes((0x10, len(told))) + told)
    if made.recv(4) != b"\x20\x02\x00\x00":
        raise RuntimeError("the broker refuses us")
    return made


def packet(number: int, mid: int, start: int) -> bytes:
    """Return the publication of one observation; every stream is written in turn."""
    stream = number % (DEVICES * EACH) + 1
    topic = b"devices/device-%d/observations" % ((stream - 1) // EACH)
    payload = b'{"stream": %d, "time": %d, "value": 21.5}' % (stream, start + number // (DEVICES * EACH) * 60_000_000)
    size = 2 + len(topic) + 2 + len(payload)
    return (
        b"\x32"
        + (bytes((size,)) if size < 128 else bytes((size & 127 | 128, size >> 7)))
        + struct.pack("!H", len(topic))
        + topic
        + struct.pack("!H", mid)
        + payload
    )


def main() -> None:
    """Publish until the broker has acknowledged the last."""
    port, count, ago = map(int, sys.argv[1:])
    start = (int(time.time()) - ago) * 1_000_000
    waiting = [[packet(at, at // CONNECTIONS % 65_000 + 1, start) for at in range(each, count, CONNECTIONS)] for each in range(CONNECTIONS)]
    lines = [connect(port, f"bench-{each}") for each in range(CONNECTIONS)]
    sent, answered = [0] * CONNECTIONS, [0] * CONNECTIONS
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with selectors.DefaultSelector() as wait:
        for each, line in enumerate(lines):
            wait.register(line, selectors.EVENT_READ, each)
        while True:
            for each, line in enumerate(lines):
                room = WINDOW - (sent[each] - answered[each] // 4)
                if room >= WINDOW // 4 and sent[each] < len(waiting[each]):
                    line.sendall(b"".join(waiting[each][sent[each] : sent[each] + room]))
                    sent[each] = min(sent[each] + room, len(waiting[each]))
            if sum(answered) >= 4 * count:
                break
            for key, _ in wait.select():
                answered[key.data] += len(lines[key.data].recv(1 << 16))


if __name__ == "__main__":
    main()
