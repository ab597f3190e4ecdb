"""Audits: what ledger, reports and registries know of somebody's content in datasets."""
