"""Rules, rulings, policies and signals for a terminal."""
