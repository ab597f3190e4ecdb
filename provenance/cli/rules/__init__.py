"""Commands on rules, policies and the sources that rules know."""
