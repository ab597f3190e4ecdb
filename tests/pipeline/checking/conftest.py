"""A corpus of several files, and a policy with a registry of what it quotes."""

from tests.pipeline.checking.sharded_checks import corpus, policy  # noqa: F401 (fixtures)
