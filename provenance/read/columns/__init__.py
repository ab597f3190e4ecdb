"""Which columns and members hold text, ids, addresses, licences and signals."""
