"""What every test may ask for."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The first call of a numba kernel compiles it: no deadline holds then, and no example is "slow".
settings.register_profile(
    "random", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# The same examples in every run: `make long` throws the dice, and what it finds becomes an
# `@example` of its test.
settings.register_profile("fixed", settings.get_profile("random"), derandomize=True, database=None)
settings.load_profile("fixed")

ROOT = Path(__file__).resolve().parents[1]

# No test waits for a network, nor do the processes that it starts; libraries read this on import.
os.environ["HF_HUB_OFFLINE"] = "1"

# A shell starts background jobs with these ignored; what tests start would inherit that.
for _signal in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_signal) == signal.SIG_IGN:
        signal.signal(_signal, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through 14,000 tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Leave out `fsync`: half the time of tests that write registries.

    What a loss of power leaves is tried in `tests/faults/interruptions`, in processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # fails for the same descriptors
        yield


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what checks learn apart from what this user's own checks did."""
    os.environ["PROVENANCE_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Dumps and corpora of real posts, which are not ours to ship."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the evaluation data is not beside the checkout (../shared/data)")
    return folder
