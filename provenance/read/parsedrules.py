"""The shipped rules as they were parsed once: to read their YAML takes a tenth of a short check."""

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import cache_from_source
from pathlib import Path

import yaml

from provenance.keeping import keep, kept
from provenance.model import Library

_ROOMS = "judge", "model", "read"


def parsed(files: Mapping[str, bytes], parse: Callable[[Mapping[str, bytes]], Library]) -> Library:
    """Parse rule files, unless the same were parsed before by the same code.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules.
    parse : callable
        Makes a library of them.
    """
    try:
        path = Path(cache_from_source(__file__)).with_suffix(".kept")
        made_of = _told([yaml.__version__.encode(), *_code(), *_named(files)])
    except (OSError, RuntimeError):  # the code is no files, or nothing compiled is kept
        return parse(files)
    content = kept(path, made_of)
    if content is not None:
        library: Library = pickle.loads(content)  # noqa: S301 (we wrote it, to the last byte)
        return library
    library = parse(files)
    keep(path, made_of, pickle.dumps(library))
    return library


def _told(parts: Iterable[bytes]) -> bytes:
    """Digest all that tells how rules are parsed: the rules, and those who parse them."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def _code() -> list[bytes]:
    """Read the sources of the rooms that parsing depends on."""
    package = Path(__file__).parents[1]
    sources = sorted(path for room in _ROOMS for path in (package / room).glob("*.py"))
    if not sources:
        raise FileNotFoundError(package)
    return [source.read_bytes() for source in sources]


def _named(files: Mapping[str, bytes]) -> Iterator[bytes]:
    for name, content in sorted(files.items()):
        yield name.encode()
        yield content
