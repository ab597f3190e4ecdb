"""Data types and schemas shared by all packages."""
