def gcd(a, b):
    while b:
        a, b = b, a % b
    return abs(a)


def primes(limit):
    sieve = [True] * (limit + 1)
    for n in range(2, int(limit ** 0.5) + 1):
        if sieve[n]:
            sieve[n * n::n] = [False] * len(sieve[n * n::n])
    return [n for n in range(2, limit + 1) if sieve[n]]


# --- tests ---
import random

from solution import gcd, primes

CASES = [((12, 18), 6), ((7, 13), 1), ((0, 5), 5), ((0, 0), 0), ((-4, 6), 2)]


def check_gcd(args, expected):
    assert gcd(*args) == expected, f"gcd{args}"


def test_cases():
    for args, expected in CASES:
        check_gcd(args, expected)


def test_random_against_a_definition():
    generator = random.Random(7)
    for _ in range(50):
        a, b = generator.randrange(1, 200), generator.randrange(1, 200)
        assert gcd(a, b) == max(d for d in range(1, min(a, b) + 1) if a % d == 0 == b % d)


def test_primes():
    assert primes(20) == [2, 3, 5, 7, 11, 13, 17, 19]
    assert len(primes(1000)) == 168
    assert all(n % 2 for n in primes(100)[1:])


# --- wrong: return abs(a) --> return abs(a) or 1
