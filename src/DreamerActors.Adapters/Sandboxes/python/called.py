"""Functions of a delivered module, called with bytes in a confined fork; their JSON results come back capped."""
import importlib
import json
import os
import select
import time

from guard.frames import Closed, read_frame, write_frame

LARGEST = 16 << 20


def serve(fd, names, confinement):
    """Never returns: answers calls until the zygote closes the socket. The module is imported before anything is dropped: it may live in the read-only system,
    and ours lie behind a descriptor."""
    module, function = names
    try:
        try:
            call, text = getattr(importlib.import_module("guard." + module), function), None
        except Exception as error:
            call, text = None, _said(error)
        confinement.leave_jail()
        confinement.drop_everything()
        while True:
            payload = read_frame(fd)[1]
            write_frame(fd, "V", text or _answer(call, payload))
    except Closed:
        os._exit(0)
    finally:
        os._exit(71)


def _answer(call, payload):
    try:
        text = json.dumps({"result": call(payload)}).encode()
    except Exception as error:
        return _said(error)
    return text if len(text) <= LARGEST else json.dumps({"error": f"the result has {len(text)} bytes, more than {LARGEST}"}).encode()


def _said(error):
    return json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}).encode()


def ask(fd, payload, seconds):
    """The fork's answer, or None if it ended or took too long without one."""
    try:
        write_frame(fd, "C", payload)
        return _result(_frame(fd, time.monotonic() + seconds))
    except (OSError, ValueError):
        return None


def _frame(fd, deadline):
    """The payload of the next frame; a fork that stops in the middle of it is not waited for."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    data = bytearray()
    while len(data) < 5 or len(data) < 5 + int.from_bytes(data[1:5], "big"):
        left = deadline - time.monotonic()
        part = os.read(fd, 1 << 16) if left > 0 and poll.poll(left * 1000) else b""
        data += part
        if not part or len(data) > LARGEST + 1024:
            raise ValueError("no whole frame")
    return bytes(data[5:])


def _result(text):
    answer = json.loads(text)
    return answer if isinstance(answer, dict) and len(answer) == 1 and set(answer) <= {"result", "error"} else None
