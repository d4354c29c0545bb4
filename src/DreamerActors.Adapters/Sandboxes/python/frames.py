"""Frames between host and zygote: one byte kind, four bytes big-endian length, payload."""
import os

LARGEST = 32 << 20


class Closed(Exception):
    """The other end is gone."""


class Garbled(Exception):
    """The stream does not follow the protocol; it cannot be resynchronised."""


def read_exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_frame(fd):
    """The next frame as (kind, payload). Reads not one byte more: the rest of the stream may belong to another process."""
    head = read_exactly(fd, 5)
    size = int.from_bytes(head[1:], "big")
    if size > LARGEST:
        raise Garbled(f"a frame of {size} bytes")
    return chr(head[0]), read_exactly(fd, size)


def write_frame(fd, kind, payload):
    view = memoryview(kind.encode("ascii") + len(payload).to_bytes(4, "big") + payload)
    while view:
        view = view[os.write(fd, view):]


def skip_to_end(fd):
    """Reads on to the end mark of a job, keeping nothing."""
    while True:
        head = read_exactly(fd, 5)
        left = int.from_bytes(head[1:], "big")
        while left:
            left -= len(read_exactly(fd, min(left, 1 << 16)))
        if head[:1] == b"E":
            return
