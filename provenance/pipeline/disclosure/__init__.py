"""Disclosures: forms about a dataset, from a report, measurements of its content, and answers."""
