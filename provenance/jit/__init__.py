"""Compile layer: numba decorators, parts compiled into their callers, the kernel cache, intrinsics.

The only package that touches private parts of numba and llvmlite.
"""
