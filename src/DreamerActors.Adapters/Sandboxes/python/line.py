"""One end of the socket between the two interpreters, for whole messages: four bytes of length, then the text."""
import os

from guard.wire import LARGEST_MESSAGE, Gone, Refused

USUAL_MESSAGE = 1 << 16


class Line:
    """`fd` may be given later than the line is made."""

    def __init__(self, fd=None):
        self.fd, self.more = fd, b""

    def write(self, data):
        view = memoryview(len(data).to_bytes(4, "big") + data)
        try:
            while view:
                view = view[os.write(self.fd, view):]
        except OSError:
            raise Gone from None

    def read(self):
        """The next message, as a rule read at once. The sides take turns: there is more to read only if the other side does not."""
        data, self.more = self.more, b""
        while len(data) < 4:
            data += self._part(USUAL_MESSAGE)
        size = int.from_bytes(data[:4], "big")
        if size > LARGEST_MESSAGE:
            raise Refused(f"a message of {size} bytes")
        left = 4 + size - len(data)
        if left <= 0:
            self.more = data[4 + size:]
            return data[4:4 + size]
        parts = [data[4:]]
        while left:
            parts.append(self._part(left))
            left -= len(parts[-1])
        return b"".join(parts)

    def _part(self, most):
        try:
            part = os.read(self.fd, most)
        except OSError:
            part = b""
        if not part:
            raise Gone
        return part
