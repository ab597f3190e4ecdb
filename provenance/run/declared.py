"""What a row itself says of whose it is, and under which terms: its address, licence, signals."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge import Licences, SourceHosts
from provenance.model import Library, Policy
from provenance.read import load_captures
from provenance.run.sites import Sites

DECLARED = pa.schema(
    [
        ("text", pa.int64()),
        ("evidence", pa.string()),  # link, licence, signal: the first that there is
        ("source", pa.string()),  # a source; a licence; a signal
        ("licence", pa.string()),  # as the row has it
        ("signals", pa.list_(pa.string())),  # documents of the rules that say what they mean
        ("declared", pa.string()),  # the licence, or the lines of the signals, as they stand
    ]
)
"""One row a text whose row says something."""

NOTHING = DECLARED.empty_table()
_LONGEST = 200
"""Characters of what somebody else wrote."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """What rows declare.

    Parameters
    ----------
    hosts : SourceHosts
        Whose an address is.
    licences : Licences
        Which licence is meant.
    sites : Sites
        What signals say.
    default : str or None
        The licence of rows that name none: that of the dataset's card.
    """

    hosts: SourceHosts
    licences: Licences
    sites: Sites
    default: str | None = None

    @property
    def key(self) -> str:
        """Everything that decides what is read out of rows, in words."""
        return f"{self.hosts.owners} {self.licences.names} {self.sites.key} {self.default}"

    def of(self, batch: pa.RecordBatch) -> pa.Table:
        """Return what the rows of a batch declare, of schema `DECLARED`.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
            Of schema `DOCUMENTS`.
        """
        owners = self._owners(batch.column("url"))
        licences = self._licences(batch.column("licence"))
        signals = self._signals(batch)
        present = pc.or_(pc.is_valid(owners), pc.is_valid(licences))
        texts = np.flatnonzero(present.to_numpy(zero_copy_only=False)).tolist()
        texts = sorted({*texts, *signals})
        if not texts:
            return NOTHING
        rows = [
            self._row(text, owners[text].as_py(), licences[text].as_py(), signals.get(text))
            for text in texts
        ]
        return pa.Table.from_pylist(rows, schema=DECLARED)

    def _row(
        self,
        text: int,
        owner: str | None,
        licence: str | None,
        signalled: tuple[list[str], str] | None,
    ) -> dict[str, object]:
        signals, why = signalled or ([], None)
        evidence = "link" if owner else "licence" if licence else "signal"
        subject = owner or (self.licences.id_of(licence) if licence else signals[0].split("/")[0])
        named = None if licence is None else f"licence {licence[:_LONGEST]}"
        told = [each for each in (named, why) if each is not None]
        return {
            "text": text,
            "evidence": evidence,
            "source": subject,
            "licence": licence,
            "signals": signals,
            "declared": "; ".join(told) or None,
        }

    def _owners(self, addresses: pa.Array) -> pa.Array:
        if addresses.null_count == len(addresses):
            return addresses
        return self.hosts.sources_of(addresses)

    def _licences(self, declared: pa.Array) -> pa.Array:
        return declared if self.default is None else pc.fill_null(declared, self.default)

    def _signals(self, batch: pa.RecordBatch) -> dict[int, tuple[list[str], str]]:
        """Return the signals against training on each text, and what they say."""
        came, addresses = batch.column("came_with"), batch.column("url")
        wanted = pc.is_valid(came)
        if self.sites.are_captured:
            wanted = pc.or_(wanted, pc.is_valid(addresses))
        rows = pc.indices_nonzero(wanted)
        if not len(rows):
            return {}
        columns = [batch.column(name).take(rows) for name in ("url", "fetched", "came_with")]
        found = {}
        for row, address, fetched, fields in zip(
            rows.to_pylist(), *(column.to_pylist() for column in columns), strict=True
        ):
            pairs = tuple((each["kind"], each["value"] or "") for each in fields or ())
            if against := self.sites.against(address, fetched, pairs):
                why = "; ".join(notice.why[:_LONGEST] for notice in against)
                found[row] = [notice.signal for notice in against], why
        return found


def declarations_of(library: Library, policy: Policy) -> Declarations:
    """Take rows at their word as the rules and a policy have it; captured files are read."""
    captures = None if policy.signals is None else load_captures(policy.signals)
    card = None if captures is None else captures.card
    return Declarations(
        SourceHosts(library),
        Licences(library),
        Sites(library.agents, captures, policy.circumstances.collected),
        None if card is None else card.licence,
    )
