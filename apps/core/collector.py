"""Python's garbage collector in processes that handle thousands of objects at a time."""

import gc


def calm_collector() -> None:
    """What start built is looked through no more, and the rest seldom: thousands of sockets, or a thousand items of a
    batch, had everything looked through again and again. Call it once a process has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
