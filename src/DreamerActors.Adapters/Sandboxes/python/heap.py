"""What the zygote's memory is like to its forks. A fork pays for each page that it writes to, and Python writes to whatever it uses: the fewer pages that is spread over, the better."""
import gc

POOL, POOL_HEAD, LARGEST_SMALL, STEP = 1 << 14, 48, 512, 16   # of CPython's allocator of small objects: one size in each pool
BYTES_HEAD, MOST = 33, 1 << 18
_kept = []


def settle():
    """The last step before the first fork: nothing that exists is collected or moved to from now on, and what is made from now on lies together."""
    gc.collect()
    _fill_holes()
    gc.freeze()


def _fill_holes():
    """Pools that are used in part are filled: else a fork finds room for its first objects in holes all over the heap, each in a page of its own."""
    makers = {16: object, 32: iter(range(1 << 20, 1 << 30)).__next__}
    for size in range(16, LARGEST_SMALL + 1, STEP):
        make = makers.get(size) or (lambda: bytes(size - BYTES_HEAD))
        made, in_row, enough = [make()], 0, min(40, (POOL - POOL_HEAD) // size - 2)
        while in_row < enough and len(made) * size < MOST:   # only an untouched pool gives one place after the other
            made.append(make())
            in_row = in_row + 1 if id(made[-1]) == id(made[-2]) + size else 0
        del made[-in_row if in_row == enough else 0:]        # another allocator: there is nothing to be had
        _kept.append(made)
