"""Copies of registries for others, and screening a corpus against one."""
