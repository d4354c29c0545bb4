"""Disturbs, in the candidate, what a deterministic solution must not depend on. Each run gets other values of all of it."""
import builtins
import os
import sys
import time

STEP_SECONDS = 3_196_801
START = 20_231


def _repeatable():
    """`random` without its hook that seeds every fork anew: each begins with the same numbers, so that verdicts repeat.
    The rest of the harness takes it from here, for a hook cannot be taken back once somebody has imported the module otherwise."""
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


def disturb(run, zone):
    """`run` counts from 0; the same run is always disturbed alike."""
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    _disturb_hash(run)
    _disturb_random(run)
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


def _disturb_random(run):
    """The shared generator: near its ends in two of three runs, unless the solution seeds it."""
    shared = random._inst
    shared.seed(run + 1)
    if run % 3 == 0:
        return
    draws = [0]
    seeded = [False]
    plain_random, plain_seed = shared.random, shared.seed

    def extreme():
        draws[0] += 1
        value = plain_random()
        if seeded[0] or draws[0] > 64:
            return value
        return value * 1e-9 if run % 3 == 1 else 1.0 - (1.0 - value) * 1e-9

    def seed(a=None, version=2):
        seeded[0] = a is not None
        plain_seed(a, version)
    random.random, random.seed = extreme, seed
    shared.random = extreme
