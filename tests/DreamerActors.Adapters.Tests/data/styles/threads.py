import queue
import threading


class Counter:
    def __init__(self):
        self.value = 0
        self._lock = threading.Lock()

    def increment(self):
        with self._lock:
            self.value += 1


def parallel(function, values):
    results = [None] * len(values)

    def work(i):
        results[i] = function(values[i])
    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(values))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def pump(values):
    channel, out = queue.Queue(), []

    def consume():
        while (value := channel.get()) is not None:
            out.append(value * 10)
    thread = threading.Thread(target=consume)
    thread.start()
    for value in [*values, None]:
        channel.put(value)
    thread.join()
    return out


# --- tests ---
import threading

from solution import Counter, parallel, pump


def test_counter_from_threads():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 5


def test_parallel():
    assert parallel(len, ["a", "bb", ""]) == [1, 2, 0]


def test_pump():
    assert pump([1, 2]) == [10, 20]


# --- wrong: value * 10 --> value + 10
