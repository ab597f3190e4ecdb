"""Disclosures in the formats that laws, hosts and tools ask for."""
