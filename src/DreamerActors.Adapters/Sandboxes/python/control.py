"""The tester's line to the zygote: other candidates, how one ended, an empty work folder."""
import array
import json
import os
import time
import _socket

from guard.wire import Gone
from guard.frames import read_frame, write_frame

now = time.monotonic                                         # tests may replace it


class Control:
    """The tester's line to the zygote."""

    def __init__(self, fd):
        self.fd, self.socket = fd, None

    def spawn(self, run=None):
        """A new candidate; one for a repeated run comes from another interpreter each."""
        write_frame(self.fd, "S", json.dumps({"run": run}).encode())
        self.socket = self.socket or _socket.socket(fileno=self.fd)
        data, ancillary, _, _ = self.socket.recvmsg(1, _socket.CMSG_SPACE(4))
        if data != b"F" or not ancillary:
            raise Gone
        fds = array.array("i")
        fds.frombytes(ancillary[0][2][:4])
        return fds[0]

    def left(self, since, seconds):
        """What is left of so many seconds that began then, if waiting for a processor does not count: the zygote sees that."""
        write_frame(self.fd, "W", json.dumps([since, seconds]).encode())
        return float(read_frame(self.fd)[1])

    def end(self):
        """Ends the current candidate."""
        write_frame(self.fd, "K", b"")
        read_frame(self.fd)


def clean_work():
    """Empties the work folder between runs."""
    import shutil                                            # here, for only strict jobs come by and it is large
    for entry in os.scandir("."):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)

