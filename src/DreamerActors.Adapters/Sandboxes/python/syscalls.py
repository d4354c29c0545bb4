"""The seccomp filter: what neither candidate nor tests need and what would lead out of the jail or into the next job."""
import struct

# name: (x86_64, arm64)
DENIED = {
    "socket": (41, 198), "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_getfd": (438, 438), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "shmctl": (31, 195), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "personality": (135, 92),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "mknodat": (259, 33), "fanotify_init": (300, 262), "lookup_dcookie": (212, 18), "setpriority": (141, 140), "sched_setscheduler": (144, 119),
    "seccomp": (317, 277), "pidfd_send_signal": (424, 424), "ioprio_set": (251, 30), "setsid": (112, 157), "sched_setattr": (314, 274),
}
# What the zygote still needs; the others it denies to itself, once for all of its forks.
LATE = {"execve", "execveat", "mount", "umount2", "unshare", "setns", "memfd_create", "pidfd_send_signal", "setsid", "personality"}
# Those that name another process first: allowed for oneself, one's group, and what is younger than oneself. The zygote and the tester are older.
TO_PROCESSES = {
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
}
# Who lowers the bound of its own processor time is killed by the kernel in a way that looks like being killed from outside.
SETRLIMIT, CPU = (160, 164), 0
MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}
CLONE3 = 435
NEW_NAMESPACES = 0x7E020080
KILL, ALLOW, EPERM, ENOSYS = 0x80000000, 0x7FFF0000, 0x00050001, 0x00050026
LOAD, EQUAL, ABOVE, AT_LEAST, ANY_BIT, SKIP, ANSWER = 0x20, 0x15, 0x25, 0x35, 0x45, 0x05, 0x06


def _op(code, k, yes=0, no=0):
    return struct.pack("=HBBI", code, yes, no, k)


def _load(offset):
    return _op(LOAD, offset)


def _jump_if(value, yes, no=0):
    return _op(EQUAL, value, yes, no)


def _answer(value):
    return _op(ANSWER, value)


class Filter:
    """BPF for one kind of machine. An unknown machine is refused: no filter, no jail."""

    def __init__(self, machine):
        if machine not in MACHINES:
            raise OSError(f"no system call table for {machine}")
        self.column, arch, clone = MACHINES[machine]
        head = [_load(4), _jump_if(arch, 1), _answer(KILL), _load(0)]
        if machine == "x86_64":
            head += [_op(AT_LEAST, 0x40000000, 0, 1), _answer(ENOSYS)]
        early = [_answer(EPERM) if part else _jump_if(numbers[self.column], 0, 1)
                 for name, numbers in DENIED.items() if name not in LATE for part in (0, 1)]
        early += [_jump_if(CLONE3, 0, 1), _answer(ENOSYS), _jump_if(clone, 0, 3), _load(16), _op(ANY_BIT, NEW_NAMESPACES, 0, 1), _answer(EPERM), _answer(ALLOW)]
        late = [_answer(EPERM) if part else _jump_if(DENIED[name][self.column], 0, 1) for name in sorted(LATE) for part in (0, 1)]
        self.of_zygote = b"".join(head + early)
        self.head, self.rest = b"".join([*head, *self._processor_time()]), b"".join([*late, _answer(ALLOW)])
        self.of_first = self._for(1)

    def for_process(self, own):
        """The program for a fork with this id, which has the zygote's already."""
        return self.of_first if own == 1 else self._for(own)

    def _processor_time(self):
        """Its bound may be asked for and not be set: by `setrlimit`, or by `prlimit64` with the address of a new one, whose both halves are looked at."""
        return [_jump_if(SETRLIMIT[self.column], 0, 2), _load(16), _jump_if(CPU, 7, 8),
                _jump_if(TO_PROCESSES["prlimit64"][self.column], 0, 7), _load(24), _jump_if(CPU, 0, 5), _load(32), _jump_if(0, 0, 2), _load(36), _jump_if(0, 1),
                _answer(EPERM), _load(0)]

    def _for(self, own):
        """-1, everybody, is a negative number above that of its own group."""
        numbers = [numbers[self.column] for numbers in TO_PROCESSES.values()]
        asked = [_jump_if(number, len(numbers) - place) for place, number in enumerate(numbers)]
        told = [_load(16), _jump_if(0, 4), _op(AT_LEAST, 1 << 31, 1), _op(AT_LEAST, own, 2, 1), _op(ABOVE, (1 << 32) - own, 0, 1), _answer(EPERM), _answer(ALLOW)]
        return b"".join([self.head, *asked, _op(SKIP, len(told)), *told, self.rest])
