"""Digests of authors and addresses of withdrawn items, by which their owners' questions find them.

They are under a random key for each withdrawal, which lies beside them, so that neither can be read
in copies without the file: it is not named by the manifest, and `registry push` and `publish` leave
it here. With the file, a guess of a name can be tried. Rows go when their tombstones are lifted.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from secrets import token_bytes

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from blake3 import blake3

from provenance.atomic_output import read_small_file, replace_file
from provenance.errors import CorruptFile
from provenance.model.content.fingerprints import Flags
from provenance.registry.files.mapped_files import MappedFile
from provenance.registry.items.author_digests import author_digest, author_digests
from provenance.registry.items.item_keys import url_sites
from provenance.registry.schema import single_chunk
from provenance.registry.side_tables.content_tables import read_whole_table

_STEM = "withdrawn-names"
_NAME_DIGITS = 16
_KEY_BYTES = 32
_DIGEST_BYTES = 16
WITHDRAWN_NAMES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("site", pa.string(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("key", pa.binary(_KEY_BYTES), nullable=False),
        pa.field("author", pa.binary(_DIGEST_BYTES)),
        pa.field("address", pa.binary(_DIGEST_BYTES)),
    ]
)
NO_NAMES = WITHDRAWN_NAMES.empty_table()
_IDENTITY = ("source", "site", "item")

Canonical = Callable[[str], str | None]
"""Brings an address into the form that the rules give it."""


def no_form(_: str) -> None:
    """Return no form of an address: no address of a withdrawn item is kept."""


def digest_names(rows: pa.Table, key: bytes, canonical: Canonical) -> pa.Table:
    """Return digests of the authors and addresses of items under a key.

    Parameters
    ----------
    rows : pyarrow.Table
        Columns `source`, `url`, `item` and `author` of the items, as registries store them.
    key : bytes
        From `new_key`.
    canonical : callable
        Brings addresses into one form.

    Returns
    -------
    pyarrow.Table
        Of schema `WITHDRAWN_NAMES`.
    """
    authors = author_digests(single_chunk(rows["author"])).to_pylist()
    addresses = (url and canonical(url) for url in rows["url"].to_pylist())
    arrays = [
        rows["source"],
        url_sites(rows["url"]),
        rows["item"],
        pa.repeat(pa.scalar(key, WITHDRAWN_NAMES.field("key").type), len(rows)),
        _digests(key, "author", authors),
        _digests(key, "address", addresses),
    ]
    return pa.table(arrays, schema=WITHDRAWN_NAMES)


def new_key() -> bytes:
    """Return a random key."""
    return token_bytes(_KEY_BYTES)


def _digests(key: bytes, kind: str, values: Iterable[str | None]) -> pa.Array:
    digests = [None if value is None else _digest(key, kind, value) for value in values]
    return pa.array(digests, WITHDRAWN_NAMES.field(kind).type)


def _digest(key: bytes, kind: str, value: str) -> bytes:
    content = f"{kind}\n{value}".encode("utf-8", "surrogatepass")
    return blake3(content, key=key).digest(length=_DIGEST_BYTES)


def read_names(folder: Path) -> pa.Table:
    """Read the digests that a registry keeps of withdrawn items; empty if there are none.

    Raises
    ------
    CorruptFile
        If they are damaged.
    """
    return pa.concat_tables([NO_NAMES, *map(_read, _files(folder))])


def _files(folder: Path) -> list[Path]:
    """Return the files with names, of which a command that was killed may leave two."""
    return sorted(folder.glob(f"{_STEM}-*.parquet"))


def _read(path: Path) -> pa.Table:
    content = read_small_file(path)
    if path.name != _name_of(content):
        raise _damaged(path)
    try:
        return read_whole_table(MappedFile(path, content), WITHDRAWN_NAMES)
    except CorruptFile as error:
        raise _damaged(path) from error


def _name_of(content: bytes) -> str:
    return f"{_STEM}-{blake3(content).hexdigest()[:_NAME_DIGITS]}.parquet"


def _damaged(path: Path) -> CorruptFile:
    return CorruptFile(
        f"{path} is damaged: it tells whose the withdrawn items were",
        remedy="restore it from a copy; if there is none, remove it: whose they were is then "
        "not known",
    )


def write_names(folder: Path, tables: Iterable[pa.Table], tombstones: pa.Table) -> None:
    """Write the digests of items that have a tombstone into a folder; of two, the first counts.

    Parameters
    ----------
    folder : Path
        The registry, or the folder in which it is prepared.
    tables : iterable of pyarrow.Table
        Of schema `WITHDRAWN_NAMES`.
    tombstones : pyarrow.Table
        All tombstones that the registry has, or will have.
    """
    earlier = _files(folder)
    names = _first_of_each(pa.concat_tables([NO_NAMES, *tables]))
    identities = tombstones.select(["source", "item"]).group_by(["source", "item"]).aggregate([])
    kept = names.join(identities, ["source", "item"], join_type="left semi")
    kept = kept.select(WITHDRAWN_NAMES.names).sort_by([(each, "ascending") for each in _IDENTITY])
    if len(kept):
        sink = pa.BufferOutputStream()
        pq.write_table(kept.cast(WITHDRAWN_NAMES), sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        path = folder / _name_of(content)
        earlier = [each for each in earlier if each != path]
        with replace_file(path, mode=0o600) as file:
            file.write(content)
    for each in earlier:
        each.unlink(missing_ok=True)


def _first_of_each(names: pa.Table) -> pa.Table:
    numbered = names.append_column("row", pa.array(np.arange(len(names))))
    firsts = numbered.group_by([*_IDENTITY]).aggregate([("row", "min")])["row_min"]
    return names.take(firsts.combine_chunks().sort())


def are_of_author(names: pa.Table, author: str) -> Flags:
    """Return which withdrawn items are of an author, by the name that dumps give."""
    return _are(names, "author", lambda source: (author_digest(source, author),))


def have_address(names: pa.Table, addresses: Iterable[str]) -> Flags:
    """Return which withdrawn items have one of some addresses, in canonical form."""
    wanted = tuple(addresses)
    return _are(names, "address", lambda _: wanted)


def _are(names: pa.Table, kind: str, values: Callable[[str], tuple[str, ...]]) -> Flags:
    flags: Flags = np.zeros(len(names), np.bool_)
    for source, key in _groups(names):
        digests = _digests(key, kind, values(source))
        is_own = pc.and_(pc.equal(names["source"], source), pc.equal(names["key"], key))
        flags |= np.asarray(pc.and_(is_own, pc.is_in(names[kind], value_set=digests)))
    return flags


def _groups(names: pa.Table) -> Iterator[tuple[str, bytes]]:
    groups = names.group_by(["source", "key"]).aggregate([])
    yield from zip(groups["source"].to_pylist(), groups["key"].to_pylist(), strict=True)
