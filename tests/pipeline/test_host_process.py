"""Who imports us, or checks from Python, finds the process as it was."""

import json
import os
import subprocess
import sys

import pytest

_INHERITED = ("HOME", "NUMBA_CACHE_DIR", "PATH", "PROVENANCE_CACHE", "PYTHONPATH", "TMPDIR")
_CODE = """
import atexit, csv, decimal, faulthandler, gc, json, locale, logging, multiprocessing, os, random
import signal, socket, sys, threading, warnings
import datasets, datasketch, duckdb, numba, numpy, pandas, pyarrow, pyarrow.compute, scipy
import pyarrow.csv, pyarrow.dataset, pyarrow.json, pyarrow.parquet

numba.njit(lambda array: array.sum())(numpy.ones(1))  # what numba does at its first compilation
pyarrow.array([0]).to_numpy()
multiprocessing.get_start_method()
looked_up = []

def hear(event, arguments):
    if event == "ctypes.dlsym":
        looked_up.append(str(arguments[1]))

sys.addaudithook(hear)

def process():
    umask = os.umask(0)
    os.umask(umask)
    names = [None, *logging.root.manager.loggerDict]
    return {
        "allocator": [name for name in looked_up if "mall" in name],
        "atexit": atexit._ncallbacks(),
        "arrow": [pyarrow.cpu_count(), pyarrow.io_thread_count(),
                  pyarrow.default_memory_pool().backend_name],
        "csv": [csv.field_size_limit(), csv.list_dialects()],
        "decimal": repr(decimal.getcontext()),
        "environment": dict(os.environ),
        "faulthandler": faulthandler.is_enabled(),
        "folder": [os.getcwd(), umask],
        "gc": [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), repr(gc.callbacks)],
        "hooks": [repr(hook) for hook in (
            sys.excepthook, sys.unraisablehook, sys.displayhook, threading.excepthook,
            sys.gettrace(), sys.getprofile())],
        "imports": [repr(sys.meta_path), repr(sys.path_hooks), sys.path],
        "interpreter": [sys.getrecursionlimit(), sys.getswitchinterval(), threading.stack_size()],
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": [(name, logging.getLogger(name).level, repr(logging.getLogger(name).handlers))
                    for name in names if name is None or not name.startswith("provenance")],
        "multiprocessing": multiprocessing.get_start_method(),
        "numpy": [numpy.geterr(), repr(numpy.get_printoptions())],
        "random": [repr(random.getstate()), repr(numpy.random.get_state())],
        "signals": [repr(signal.getsignal(number)) for number in signal.valid_signals()],
        "socket": socket.getdefaulttimeout(),
        "streams": [repr(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "warnings": [repr(warnings.filters), repr(warnings.showwarning)],
    }

told = [process()]
import provenance
provenance.check
told.append(process())
corpus, registry = sys.argv[1:]
outcome = provenance.check(corpus, registries=registry)
assert outcome.findings.num_rows and not outcome.unread
outcome.render("html")
told.append(process())
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def states(tmp_path_factory, registry, posts, pages) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("host")
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts, strict=False)]
    texts.append("word " * 100_000)  # a cell that the limit of `csv` would refuse
    corpus = folder / "corpus.csv"
    corpus.write_text("id,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(texts)))
    command = [sys.executable, "-c", _CODE, str(corpus), registry]
    # What this process imported may have changed its own environment.
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=inherited
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, object]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(("after", "what"), [(1, "importing provenance"), (2, "a check")])
def test_nothing_of_the_process_is_changed(states, after, what) -> None:
    changed = {
        name: (before, states[after][name])
        for name, before in states[0].items()
        if states[after][name] != before
    }
    assert changed == {}, f"{what} changes the process"
