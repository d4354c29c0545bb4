"""The memory of all processes of a jail together. Each has its own limit; where the kernel keeps no count of the whole, the zygote looks now and then."""
import os

PAGE = os.sysconf("SC_PAGESIZE")
INTERPRETER = 16 << 20                                       # what each process is allowed for being one of Python's


def too_heavy(proc, own, most):
    """Whether the processes below this folder, but for one, hold more bytes than that. Pages that are shared are counted once, which takes a long look:
    it is taken only if they would be too many otherwise."""
    pids = [pid for pid in os.listdir(proc) if pid.isdigit() and pid != own]
    return _sum(proc, pids, _resident) > most and _sum(proc, pids, _share) > most


def _sum(proc, pids, weigh):
    total = 0
    for pid in pids:
        try:
            total += max(0, weigh(proc, pid) - INTERPRETER)
        except (FileNotFoundError, ProcessLookupError):
            pass                                             # it ended meanwhile
    return total


def _resident(proc, pid):
    return int(_read(proc, f"{pid}/statm").split()[1]) * PAGE


def _share(proc, pid):
    """Its pages, each divided by the number of processes that have it."""
    return next((int(line.split()[1]) << 10 for line in _read(proc, f"{pid}/smaps_rollup").splitlines() if line.startswith(b"Pss:")), 0)


def _read(proc, path):
    fd = os.open(path, os.O_RDONLY, dir_fd=proc)
    try:
        return os.read(fd, 1 << 16)
    finally:
        os.close(fd)
