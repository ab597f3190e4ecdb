"""What a check does without stays out of the process, and nowhere else."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.pipeline.building.registries import DumpSource, build_registry
from tests.cli.commandline import process

_COMMAND = """
import atexit, sys
from provenance.cli import main
loaded = {"pandas", "duckdb", "datasketch", "pyarrow.dataset", "pyarrow"}
loaded |= {"numba", "numba.np.linalg", "provenance.read.dumps.layouts", "tqdm"}
loaded |= {"provenance.registry.build.registry_builder"} if "check" in sys.argv else set()
atexit.register(lambda: print(sorted(loaded & set(sys.modules)), file=sys.stderr, flush=True))
main()
"""


def test_a_check_loads_only_what_it_needs(tmp_path: Path, posts, pages, write_lines) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": page} for page in pages])
    words = ["check", str(corpus), "--registry", str(tmp_path / "registry"), "-q"]
    loaded_by(*words)  # compiles what was not
    assert loaded_by(*words) == "['numba', 'pyarrow']"


_HASHES = """
import sys
from provenance.registry.files.data_files import BackgroundHasher

def begin(self, folders):
    loaded = {"provenance.read", "provenance.report.formats", "provenance.judge"} & set(sys.modules)
    print(list(folders), sorted(loaded), file=sys.stderr, flush=True)
    BackgroundHasher.start = begun
    begun(self, folders)

BackgroundHasher.start, begun = begin, BackgroundHasher.start
from provenance.cli import main
main()
"""


def test_registries_are_hashed_before_whoever_reads_and_reports_is_loaded() -> None:
    command = [sys.executable, "-c", _HASHES, "check", "nowhere", "--registry", "missing"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stderr.splitlines()[0] == "[PosixPath('missing')] []"


def test_nobody_who_handles_registries_loads_what_multiplies_matrices(
    tmp_path: Path, posts, write_lines
) -> None:
    dump, folder = write_lines(tmp_path / "posts.jsonl", posts), str(tmp_path / "registry")
    build_registry(tmp_path / "first", DumpSource([dump], "x"))  # compiles what was not
    build = ["registry", "build", folder, str(dump), "--source", "x", "-q"]
    readers = "provenance.read.dumps.layouts"
    assert loaded_by(*build) == f"['duckdb', 'numba', '{readers}', 'pyarrow', 'pyarrow.dataset']"
    assert loaded_by("registry", "show", folder) == f"['numba', '{readers}', 'pyarrow']"


def loaded_by(*words: str) -> str:
    """Run a command in a process of its own; give those libraries that it loads."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def printed(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


def test_a_process_that_is_not_ours_alone_has_its_pandas() -> None:
    code = """
from provenance.pipeline import Settings
import pyarrow
print(pyarrow.scalar(1700000000123456789, pyarrow.timestamp("ns")).as_py())
"""
    assert printed(code) == "2023-11-14 22:13:20.123456789\n"


def test_frames_are_made_where_somebody_wants_them() -> None:
    code = """
from provenance.startup import configure_own_process
configure_own_process()
from provenance.pipeline import Settings
import sys, pyarrow
assert "pandas" not in sys.modules
print(len(pyarrow.table({"a": [1, 2]}).to_pandas()))
"""
    assert printed(code) == "2\n"


def test_times_finer_than_pythons_stop_no_check(tmp_path: Path, posts, pages, write_lines) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "registry", DumpSource([dump], "x"))
    moment = pa.array([1700000000123456789], pa.timestamp("ns"))
    columns = {
        "text": pa.array(pages[:1]),
        "metadata": pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), moment),
        "date": moment,
    }
    pq.write_table(pa.table(columns), tmp_path / "corpus.parquet")
    words = ["check", str(tmp_path / "corpus.parquet"), "--registry", str(tmp_path / "registry")]
    done = process(*words, "-o", str(tmp_path / "report"), cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr


def test_dataclasses_of_our_process_compile_the_methods_that_are_called() -> None:
    code = """
import dataclasses, pickle
from provenance.startup import configure_own_process
configure_own_process()
@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Point:
    "A point."
    x: int
    y: tuple[int, ...] = dataclasses.field(default_factory=tuple)
class Named(Point):
    __slots__ = ()
compiled = Point.__init__.__code__.co_filename == "<string>"
points = {Point(2), Point(y=(1,), x=1), Point(1, (1,)), Named(2)}
print(compiled, Point.__init__.__code__.co_filename == "<string>", Point.__init__.__qualname__)
print(sorted(point for point in points if type(point) is Point))
print(Point(1) == Point(1), hash(Point(1)) == hash(Point(1)), Point(1) < Point(2))
print(dataclasses.replace(Named(2), y=(3,)), pickle.loads(pickle.dumps(Point(1))))
try:
    Point(1).x = 2
except dataclasses.FrozenInstanceError as error:
    print(error)
"""
    first, *others = printed(code).splitlines()
    is_postponed = hasattr(dataclasses, "_create_fn")
    assert first == f"{not is_postponed} True Point.__init__"
    assert others == [
        "[Point(x=1, y=(1,)), Point(x=2, y=())]",
        "True True True",
        "Named(x=2, y=(3,)) Point(x=1, y=())",
        "cannot assign to field 'x'",
    ]
