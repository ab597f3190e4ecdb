"""Opt-outs: addresses whose owners object to the use of what is below them.

An entry is a domain, with its subdomains (`example.com`), or an address with a path and all that is
below it (`github.com/owner`, `github.com/owner/repository`, the address of a post). It is in the
form that the rules give addresses.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from provenance.registry.files.mapped_files import MappedRegistry
from provenance.registry.manifest import DataFile, Manifest
from provenance.registry.side_tables.content_tables import (
    load_content_table,
    read_content_table,
    write_content_table,
)

OPT_OUTS = pa.schema(
    [
        pa.field("address", pa.string(), nullable=False),  # in canonical form, in lower case
        pa.field("date", pa.date32(), nullable=False),  # when it was added
        pa.field("reason", pa.string()),
    ]
)
NO_OPT_OUTS = OPT_OUTS.empty_table()


def write_opt_outs(folder: Path, opt_outs: pa.Table) -> DataFile | None:
    """Write opt-outs into a folder; None if there are none."""
    return write_content_table(folder, "optouts", opt_outs)


def load_opt_outs(folder: Path, manifest: Manifest) -> pa.Table:
    """Read the opt-outs of a registry that no other process can change."""
    return load_content_table(folder, manifest.opt_outs, OPT_OUTS)


def read_opt_outs(registry: MappedRegistry) -> pa.Table:
    """Read the opt-outs of a mapped registry."""
    return read_content_table(registry.tables, registry.manifest.opt_outs, OPT_OUTS)


def make_opt_outs(addresses: pa.Array, day: date, reason: str | None) -> pa.Table:
    """Return opt-outs of one day and reason."""
    count = len(addresses)
    reasons = pa.nulls(count, pa.string()) if reason is None else pa.repeat(reason, count)
    days = pa.repeat(pa.scalar(day, pa.date32()), count)
    return pa.table([addresses, days, reasons], schema=OPT_OUTS)


def merge_opt_outs(*tables: pa.Table) -> pa.Table:
    """Merge opt-outs in any order: of two of one address, the earlier counts."""
    rows = pa.concat_tables([NO_OPT_OUTS, *tables]).combine_chunks()
    rows = rows.take(pc.sort_indices(rows, [(name, "ascending") for name in OPT_OUTS.names]))
    addresses = rows["address"].combine_chunks()
    if len(rows) < 2:
        return rows
    is_first = pc.not_equal(addresses.slice(1), addresses.slice(0, len(rows) - 1))
    return rows.filter(pa.concat_arrays([pa.array([True]), is_first])).combine_chunks()
