import asyncio


async def gather(functions, limit):
    gate = asyncio.Semaphore(limit)

    async def run(function):
        async with gate:
            return await function()
    return await asyncio.gather(*(run(function) for function in functions))


async def ticker(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


class Resource:
    def __init__(self):
        self.events = []

    async def __aenter__(self):
        self.events.append("open")
        return self

    async def __aexit__(self, kind, error, trace):
        self.events.append("close")
        return False


async def first_or(default, awaitable, seconds):
    try:
        return await asyncio.wait_for(awaitable, seconds)
    except asyncio.TimeoutError:
        return default


# --- tests ---
import asyncio
import unittest

import pytest

from solution import Resource, first_or, gather, ticker


def test_gather():
    async def one():
        await asyncio.sleep(0)
        return 1

    async def two():
        return 2

    assert asyncio.run(gather([one, two], 1)) == [1, 2]


def test_async_generator():
    async def collect():
        return [i async for i in ticker(3)]

    assert asyncio.run(collect()) == [0, 1, 2]


@pytest.mark.asyncio
async def test_context():
    async with Resource() as resource:
        assert resource.events == ["open"]
    assert resource.events == ["open", "close"]


class TimeoutTest(unittest.IsolatedAsyncioTestCase):
    async def test_timeout(self):
        self.assertEqual(await first_or("late", asyncio.sleep(5), 0.01), "late")


# --- wrong: return default --> return None
