"""Map in threads, with results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def map_in_order(
    pool: Executor | None, function: Callable[[A], B], arguments: Iterable[A], max_pending: int
) -> Iterator[B]:
    """Map in a pool, a few results ahead of the consumer rather than everything at once.

    Parameters
    ----------
    pool : Executor or None
        Runs the function; None runs it when its result is asked for.
    function : callable
        The function.
    arguments : iterable
        What it is called with, taken in the consumer's thread.
    max_pending : int
        Most calls whose results were not taken; at least 1.

    Yields
    ------
    object
        The results, in the order of the arguments. What the function raises is raised.
    """
    if pool is None:
        yield from map(function, arguments)
        return
    pending: deque[Future[B]] = deque()
    try:
        for argument in arguments:
            pending.append(pool.submit(function, argument))
            if len(pending) >= max_pending:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
