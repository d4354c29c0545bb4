"""Where the randomness of a solution comes from. It is the same in every fork, so that verdicts repeat; and it is disturbed, with all else that a deterministic
solution must not depend on, in the runs that ask whether it does: each of them gets other values."""
import _random
import builtins
import os
import sys
import time

STEP_SECONDS = 3_196_801
START = 20_231
DRAWS, ONE_IN = 64, 4


def _repeatable():
    """`random` without its hook that seeds every fork anew. The rest of the harness takes it from here, for a hook cannot be taken back once
    somebody has imported the module otherwise."""
    if "random" in sys.modules:
        raise ImportError("random has been imported before, with its hook")
    hook, os.register_at_fork = os.register_at_fork, lambda **_: None
    try:
        import random
    finally:
        os.register_at_fork = hook
    random.seed(START)
    return random


random = _repeatable()
_kernel = _random.Random(START)


def _urandom(size, /):
    return _kernel.getrandbits(8 * size).to_bytes(size, "little")


def _ask_no_kernel():
    """Generators of the solution's own, `secrets`, `uuid4` and what libraries begin with: all of it comes from here."""
    plain = random.Random.seed

    def seed(self, a=None, version=2):
        plain(self, _kernel.getrandbits(128) if a is None else a, version)
    random.Random.seed = seed
    random.seed = random._inst.seed
    os.urandom = random._urandom = _urandom


_ask_no_kernel()


def state():
    """Differs when something has been drawn since."""
    return random._inst.getstate(), _kernel.getstate()


def disturb(run, zone):
    """`run` counts from 0; the same run is always disturbed alike."""
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    _disturb_hash(run)
    _kernel.seed(run + 1)
    random.seed(run + 1)
    if run % 3:
        _draw_at_ends(high=run % 3 == 2)
    if run:
        clock, shift = time.time, run * STEP_SECONDS
        time.time = lambda: clock() + shift


def _disturb_hash(run):
    salt = (0x5DEECE66D * (run + 1)) & 0xFFFFFFFF
    true_hash, true_id = hash, id

    def salted(value):
        """Text hashes differ from run to run as they do from process to process; numbers keep theirs."""
        found = true_hash(value)
        kind = type(value)
        salty = kind in (str, bytes) or kind in (tuple, frozenset) and any(type(part) in (str, bytes) for part in value)
        return found ^ salt if salty else found
    builtins.hash = salted
    builtins.id = lambda value: true_id(value) ^ (salt << 4)


def _draw_at_ends(high):
    """The first draws of generators that nobody has seeded: fractions are near an end of their range, of whole numbers one in four is at an end, for who draws
    names wants them to differ."""
    draws = [0]

    def free(generator):
        draws[0] += 1
        return draws[0] <= DRAWS and not getattr(generator, "_seeded", False)

    for kind in (random.Random, random.SystemRandom):
        _at_ends(kind, free, high)
    _note_seeds(random.Random)
    for name in ("random", "seed", "setstate"):
        setattr(random, name, getattr(random._inst, name))


def _at_ends(kind, free, high):
    fraction, below = kind.random, kind._randbelow

    def drawn(self):
        value = fraction(self)
        if not free(self):
            return value
        return 1.0 - (1.0 - value) * 1e-9 if high else value * 1e-9

    def drawn_below(self, n):
        value = below(self, n)
        if free(self) and _kernel.random() * ONE_IN < 1:
            return n - 1 if high else 0
        return value
    kind.random, kind._randbelow = drawn, drawn_below


def _note_seeds(kind):
    seed, setstate = kind.seed, kind.setstate

    def noted(self, a=None, version=2):
        self._seeded = a is not None
        seed(self, a, version)

    def noted_state(self, state):
        self._seeded = True
        setstate(self, state)
    kind.seed, kind.setstate = noted, noted_state
