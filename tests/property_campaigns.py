"""Properties that take long to try: with few examples in `make test`, with many in `make long`."""

import inspect
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

Test = Callable[..., None]


def property_test(
    usual: int, many: int, **strategies: SearchStrategy[object]
) -> Callable[[Test], Test]:
    """Make a test of a property, as `hypothesis.given` does.

    Parameters
    ----------
    usual, many : int
        Examples that `make test` and `make long` try.
    **strategies
        Where the arguments of these names come from; all others are fixtures.
    """

    def decorated(test: Test) -> Test:
        @pytest.mark.parametrize("examples", [usual, pytest.param(many, marks=pytest.mark.long)])
        def run(examples: int, **fixtures: object) -> None:
            settings(max_examples=examples)(given(**strategies)(test))(**fixtures)

        arguments = inspect.signature(test).parameters.values()
        own = inspect.Parameter("examples", inspect.Parameter.KEYWORD_ONLY)
        fixtures = [each for each in arguments if each.name not in strategies]
        run.__signature__ = inspect.Signature([*fixtures, own])
        run.__doc__, run.__module__ = test.__doc__, test.__module__
        return run

    return decorated
