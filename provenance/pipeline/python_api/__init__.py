"""The Python functions beside the commands."""
