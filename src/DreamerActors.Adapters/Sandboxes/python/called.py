"""One function of a delivered module, called with bytes in a confined fork; its JSON result comes back capped."""
import importlib
import json
import os
import select
import time

from guard import confinement
from guard.frames import write_frame

LARGEST = 16 << 20


def serve(fd, names, payload, limits):
    """Never returns. The module is imported before system calls are dropped: it may live in the read-only system."""
    module, function = names
    try:
        confinement.leave_jail([fd])
        try:
            call = getattr(importlib.import_module("guard." + module), function)
            confinement.drop_everything(limits)
            answer = {"result": call(payload)}
            text = json.dumps(answer).encode()
        except Exception as error:
            text = json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}).encode()
        if len(text) > LARGEST:
            text = json.dumps({"error": f"the result has {len(text)} bytes, more than {LARGEST}"}).encode()
        write_frame(fd, "V", text)
        os._exit(0)
    finally:
        os._exit(71)


def collect(fd, limits):
    """The fork's answer, or None if it ended or took too long without one."""
    deadline = time.monotonic() + limits["wall_seconds"]
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    data = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return None
        part = os.read(fd, 1 << 16)
        data += part
        if len(data) > LARGEST + 1024:
            return None
        if not part:
            break
    try:
        answer = json.loads(data[5:])
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and len(answer) == 1 and set(answer) <= {"result", "error"} else None
