"""What Python functions take as a dataset: paths, texts, tables, datasets, rows, names of a hub."""

import os
from datetime import date
from glob import has_magic
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from provenance.errors import DatasetNotFound, InputError, UnsupportedFormat
from provenance.pipeline.python_api.option_types import (
    Address,
    Addresses,
    AddressList,
    Day,
    given_paths,
)
from provenance.read.corpus.address_resolution import (
    address_exists,
    looks_like_path,
    not_found_error,
)
from provenance.read.corpus.corpora import Corpus
from provenance.read.corpus.hub_datasets import HUB_PREFIX, is_hub_name
from provenance.read.corpus.python_objects import corpus_of_objects
from provenance.read.corpus.stream_input import is_stream
from provenance.read.formats.detection import format_by_name
from provenance.read.policy.policy_file import parse_size_option


def local_path(given: Address, remedy: str) -> Path:
    """Return a path of this machine.

    Raises
    ------
    InputError
        If it is an address: that would become a folder called `s3:`.
    """
    path = fspath(given)
    if "://" in path:
        raise InputError(
            f"{path}: this is written to a path on this machine, not an address", remedy=remedy
        )
    return Path(path)


def local_registry(given: Address) -> Path:
    """Return the folder of a registry that is read, changed or made; raises as `local_path`."""
    path = fspath(given)
    if "://" in path:
        raise InputError(
            f"{path}: a registry is a folder on this machine, not an address",
            remedy="name a local path; `registry push` and `registry pull` copy registries to and "
            "from addresses",
        )
    return Path(path)


def day_text(day: Day | None) -> str | None:
    """Return a day, month or year as the command line has it."""
    if isinstance(day, date):
        return day.isoformat()[:10]  # of a time, the day
    return None if day is None else str(day)


COPY_REMEDY = "name a local path, and copy the result with the tool of the store"


def addresses_or_corpus(
    data: object,
    hub: str | None = None,
    *,
    max_document: str | int | None = None,
    **options: Any,
) -> list[str] | Corpus:
    """Return the addresses that data names, or the corpus that it is.

    Parameters
    ----------
    data, hub
        As for `find_addresses`.
    max_document : str, int or None
        Largest size of a document: "200MB".
    **options
        As for `corpus_of_objects`.
    """
    if (addresses := find_addresses(data, hub)) is not None:
        return addresses
    return corpus_of_objects(data, max_document=parse_size_option(max_document), **options)


def find_addresses(data: object, hub: str | None = None) -> list[str] | None:
    """Return the addresses that data names; None if it is the content itself.

    Parameters
    ----------
    data : object
        A path or address, several of them, or anything else. Strings in a list are addresses if
        all of them are; otherwise they are texts, if any has a space and is not called like a file.
    hub : str or None
        Name of a dataset on a hub, instead of data.

    Raises
    ------
    DatasetNotFound
        If nothing is at a path. A hub is not asked for it.
    InputError
        If strings are neither, or if there is neither data nor a name.
    """
    if hub is not None and data is not None:
        raise InputError("both data and hub= are given", remedy="check them one after the other.")
    if hub is not None:
        return [f"{HUB_PREFIX}{hub.removeprefix(HUB_PREFIX)}"]
    if data is None:
        raise InputError(
            "there is nothing to check", remedy='give paths or data, or hub="owner/name".'
        )
    if isinstance(data, AddressList):
        return data
    if isinstance(data, str | PathLike):
        return [_existing(fspath(data))]
    if not isinstance(data, list | tuple | set | frozenset) or not data:
        return None
    if any(isinstance(entry, PathLike) for entry in data):
        return [_existing(fspath(entry)) for entry in data]
    return _addresses_among(list(data)) if all(isinstance(entry, str) for entry in data) else None


def file_addresses(data: Addresses) -> list[str]:
    """Return the addresses of a dataset in files; as `find_addresses`.

    Raises
    ------
    UnsupportedFormat
        If it is the content itself.
    """
    given = given_paths(data)
    one_or_all = given[0] if len(given) == 1 else given
    addresses = find_addresses(data if isinstance(data, AddressList) else one_or_all)
    if addresses is None:
        raise UnsupportedFormat(
            "only datasets in files can be cleaned, compared or divided",
            remedy="write the data to a file, and give its path.",
        )
    return addresses


def _addresses_among(strings: list[str]) -> list[str] | None:
    """Return strings that are addresses; None if they are texts."""
    others = [text for text in strings if not _is_address(text)]
    if not others:
        return [_existing(text) for text in strings]
    if any(len(text.split()) > 1 and format_by_name(text) is None for text in others):
        return None
    raise InputError(
        f"{others[0]!r:.80} is neither a file nor a text",
        remedy='give paths, texts as [{"text": …}], or a dataset on a hub as hub="owner/name".',
    )


def _is_address(text: str) -> bool:
    """Return whether a string in a list is an address, rather than a text."""
    if "\n" in text or len(text) > _MAX_ADDRESS_CHARS:
        return False
    if _is_remote(text) or is_stream(text) or os.path.exists(os.path.expanduser(text)):
        return True
    return " " not in text.strip() and (looks_like_path(text) or has_magic(text))


_MAX_ADDRESS_CHARS = 4096


def _is_remote(text: str) -> bool:
    scheme, separator, _ = text.partition("://")
    return bool(separator) and scheme.replace("+", "").isalnum()


def _existing(address: str) -> str:
    """Return an address, if something is there; a bare name is not looked up on a hub."""
    if _is_remote(address) or is_stream(address) or address_exists(address):
        return address
    is_prose = " " in address.strip() and not looks_like_path(address)
    if is_prose or len(address) > _MAX_ADDRESS_CHARS or "\n" in address:
        raise DatasetNotFound(
            f"{address!r:.80} is not the path of a file", remedy="to check one text, write [text]."
        )
    error = not_found_error(address)
    if is_hub_name(address) and not looks_like_path(address):
        raise DatasetNotFound(
            error.message,
            remedy=f"{error.remedy} For a hub dataset write '{HUB_PREFIX}{address}'.",
        )
    raise error
