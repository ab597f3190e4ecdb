"""Sorting and joining of more rows than memory holds: DuckDB, streams of tables, radix sort."""
