"""Compilation layer: numba decorators, the kernel cache, intrinsics, vectors.

The only package that uses private parts of numba, all of them in `numba_internals`.
"""
