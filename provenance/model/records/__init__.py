"""Records and documents on datasets: ledgers, audits, disclosures, receipts, attestations."""
