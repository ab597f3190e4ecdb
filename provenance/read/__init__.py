"""Reading of corpora, dumps, rules and policies, as Arrow tables and dataclasses."""
