"""Columns of tables: which of them hold text, ids, addresses, licences and signals."""
