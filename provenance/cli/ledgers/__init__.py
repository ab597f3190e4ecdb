"""Commands on ledgers, and audits, which answer from them."""
