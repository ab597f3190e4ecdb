"""Parts of kernels, as Python can call them: by a kernel that does nothing else."""

from numba import njit


def callable_part(part):
    """Give a kernel that calls `part` with what it is given."""
    return njit(lambda *given: part(*given))  # noqa: PLW0108 (numba would compile the part alone)
