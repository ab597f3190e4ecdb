"""Commands on results of checks: render, review, sign, publish, dispute and disclose them."""
