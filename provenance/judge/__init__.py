"""Which terms bind, what they say of the purpose, and what the policy makes of it."""
