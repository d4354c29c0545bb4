"""Large pages for the forks. A fork shares the pages of its parent until one of the two writes, and writes to hundreds: each is a fault and a copy of four kilobytes, which takes up
to seventeen microseconds on a virtual machine. So what the zygote allocates lies in few windows of two megabytes, and a fork takes a copy of each as one large page: half a millisecond."""
import ctypes
import os
import time

WINDOW, ARENA, PAGE, BLOCK, TOUCHED = 2 << 20, 1 << 20, 4096, 100_000, 100
PROT_READ_WRITE, PROT_READ_EXECUTE, MAP_PRIVATE_ANONYMOUS, MAP_FIXED_NOREPLACE, MREMAP_FIXED = 0x3, 0x5, 0x22, 0x100000, 0x3
MADV_COLLAPSE, TRIES = 25, 5
# Their libraries must not come to lie between what is allocated.
EXTENSIONS = ("_ctypes", "_json", "_typing", "resource")

libc = ctypes.CDLL(None)
libc.sbrk.restype = libc.mmap.restype = libc.mremap.restype = ctypes.c_void_p
libc.sbrk.argtypes = [ctypes.c_ssize_t]
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t]
libc.mremap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_madvise, _byte_at = libc.madvise, ctypes.c_byte.from_address
_windows, _kept, _maps, _spare = [], [], [], []


def lay_out():
    """First of all: lets both allocators, that of small objects and that of large ones, begin with a window."""
    _maps.append(os.open("/proc/self/maps", os.O_RDONLY))    # it will be covered
    os.register_at_fork(after_in_child=_begin)               # before those of the library, which write much
    for name in EXTENSIONS:
        try:
            __import__(name)
        except ImportError:
            pass                                             # versions of Python differ in them
    end = libc.sbrk(0)
    begin = _up(end)
    _kept.append(_until(begin))
    unused = _until(begin + WINDOW)
    _kept.append(bytes(BLOCK // 100))                        # keeps what is unused from being given back
    del unused
    next_arena = _mapped(None, ARENA)
    libc.munmap(next_arena, ARENA)
    top = next_arena + ARENA
    _fill(top // WINDOW * WINDOW, top)
    _spare.append(begin - end + top % WINDOW)


def spare():
    """Bytes that were mapped to get to a window and that nobody can have a use for."""
    return sum(_spare)


def _windows_of(low, high):
    """The windows between two addresses."""
    return range(_up(low), high - WINDOW + 1, WINDOW)


def _up(address):
    return -(-address // WINDOW) * WINDOW


def _until(address):
    """Untouched memory up to there, if the allocator takes its memory there: not each does."""
    blocks = []
    while libc.sbrk(0) < address and len(blocks) <= WINDOW // BLOCK:
        blocks.append(bytes(BLOCK))
    return blocks


def _fill(low, high):
    if low < high:
        _mapped(low, high - low, MAP_FIXED_NOREPLACE)


def _mapped(address, size, how=0):
    return libc.mmap(address, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS | how, -1, 0)


def settle():
    """Last of all: finds the windows. They are used if that is faster here."""
    if os.sysconf("SC_PAGE_SIZE") != PAGE:
        return
    for low, _ in list(_areas()):
        _fill(low // WINDOW * WINDOW, low)
    windows = [window for low, high in _areas() for window in _windows_of(low, high)]
    if _pays():
        _windows[:] = windows


def _areas():
    """Memory that belongs to no file, and that two megabytes could have a use for."""
    for low, high, access, name in _mappings():
        if access == "rw-p" and name in ("", "[heap]") and high - low > WINDOW // 4:
            yield low, high


def _mappings():
    """All that is mapped, in order: where it begins and ends, how it may be used, which file it belongs to."""
    os.lseek(_maps[0], 0, os.SEEK_SET)
    with open(_maps[0], closefd=False) as lines:
        for range_, access, _, _, _, *name in map(str.split, lines):
            yield *(int(each, 16) for each in range_.split("-")), access, " ".join(name)


def _pays():
    """Whether a fork spends less than half the time of the processor on one large page than on a part of as many small ones: where it is less by little, whole jobs are slower with it."""
    area = _mapped(None, 3 * WINDOW)
    small = _up(area)
    large = small + WINDOW
    ctypes.memset(small, 1, 2 * WINDOW)
    pid = os.fork()
    if pid == 0:
        begun = time.thread_time()
        _write_to_some(small)
        between = time.thread_time()
        _make_large(large)
        _write_to_some(large)
        os._exit(2 * (time.thread_time() - between) < between - begun)
    _, status = os.waitpid(pid, 0)
    libc.munmap(area, 3 * WINDOW)
    return os.waitstatus_to_exitcode(status) == 1


def _write_to_some(window):
    for address in range(window, window + WINDOW, WINDOW // TOUCHED // PAGE * PAGE):
        _write(address)


def _write(address):
    byte = _byte_at(address)
    byte.value = byte.value


def _begin():
    """The first thing that a fork does; forks of its own are none of ours."""
    own()
    _windows.clear()


def own():
    """A copy of each window, as one large page. Parent and forks are in each other's way here, and old kernels do not know how: then pages are copied when they are written to."""
    for window in _windows:
        _make_large(window)


def _make_large(window):
    """Tells whether it is one now."""
    _write(window)                                           # a large page that is shared is split by that
    return any(_madvise(window, WINDOW, MADV_COLLAPSE) == 0 for _ in range(TRIES))


def share_text():
    """Puts a copy in the place of the interpreter's code and constants, one large page for each window, that forks have as soon as they begin. What belongs to a file each fork would map anew,
    part by part, when it first comes by. Nothing is changed where the kernel makes no large pages or forbids to run what belongs to no file."""
    if os.sysconf("SC_PAGE_SIZE") == PAGE:
        for window in _text():
            copy = _window()
            ctypes.memmove(copy, window, WINDOW)
            if not (_make_large(copy) and libc.mprotect(copy, WINDOW, PROT_READ_EXECUTE) == 0 and libc.mremap(copy, WINDOW, WINDOW, MREMAP_FIXED, window) == window):
                libc.munmap(copy, WINDOW)


def _window():
    """One of untouched memory."""
    area = _mapped(None, 2 * WINDOW)
    window = _up(area)
    libc.munmap(area, window - area)
    libc.munmap(window + WINDOW, area + WINDOW - window)
    return window


def _text():
    """The windows in what nobody may write to of the file that the interpreter is in."""
    inside, parts = ctypes.cast(ctypes.pythonapi.PyObject_Call, ctypes.c_void_p).value, []
    for low, high, access, name in _mappings():
        file = "" if "w" in access else name
        if parts and parts[-1][1:] == (low, file):
            low = parts.pop()[0]
        parts.append((low, high, file))
    return [window for low, high, file in parts if file and low <= inside < high for window in _windows_of(low, high)]
