"""Summary of a registry for the terminal."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.cli.registries.dump_summary import is_passed_over
from provenance.report.sanitize import one_line, shorten_line
from provenance.report.text.number_format import count, size
from provenance.report.text.unread_text import unread_lines

if TYPE_CHECKING:
    from provenance.model.results.coverage import RegistrySummary, SourceCoverage
    from provenance.pipeline.building.registry_changes import ExampleItem, Upkeep
    from provenance.pipeline.exchange.pulling import Pull
    from provenance.pipeline.exchange.pushing import Push
    from provenance.pipeline.exchange.registry_signatures import Signing
    from provenance.pipeline.publishing.public_screening import Screening
    from provenance.registry.changes.mark_changes import Marking
    from provenance.registry.changes.registry_merge import Combination
    from provenance.registry.changes.withdrawal import Withdrawal
    from provenance.registry.manifest import Manifest
    from provenance.registry.public_copy import PublicManifest
    from provenance.registry.segments.pending_rewrites import PendingRewrite


_MAX_LINES = 12
_MAX_TEXT_CHARS = 72
_OUT_OF_REACH = (
    "Out of reach, for you to see to:",
    "  - registries merged from this one, and subsets of it: withdraw the items there, too",
    "  - reports, receipts and calibrations: they may quote the items",
    "  - the folder `tasks` in the output of shards that were not merged yet",
    "  - copies of the registry: published, fetched by others, backups, snapshots of the disk",
    "  - caches of other users and machines: `provenance cache clear`, run there",
    "  - the dumps themselves",
)


def registry_lines(
    summary: "RegistrySummary", manifest: "Manifest", upkeep: "Upkeep", *, verbose: bool = False
) -> list[str]:
    """Return lines on a registry: sources, records left out, size, chance matches, digest."""
    if not manifest.segments and upkeep.opt_outs:
        return [
            f"{summary.path}: {count(upkeep.opt_outs, 'opt-out')}, no items",
            f"  digest {summary.digest}",
            "  Documents that declare such an address are reported; texts are not compared.",
        ]
    return [
        f"{summary.path}: {count(summary.items, 'item')}",
        "",
        f"  {'source':20} {'items':>12} {'too short':>12}  dates",
        *(line for coverage in summary.sources for line in _coverage_lines(coverage)),
        "",
        *_omitted_lines(manifest),
        *(["  names of authors are kept"] if manifest.keeps_authors else []),
        f"  {_extent(manifest)} on disk",
        *_upkeep_lines(upkeep),
        *_exchange_lines(manifest, upkeep),
        f"  {manifest.postings:,} seeds (runs of words in the index)",
        f"  {manifest.bytes_per_posting:.1f} bytes per seed, without texts and signatures",
        f"  chance matches: {_chance_model_text(manifest, verbose=verbose)}",
        f"  digest {summary.digest}",
        *([f"  tier keyed, key {manifest.key_id}"] if manifest.key_id else []),
        "  Items that are too short or too common are never found: absence is not clearance.",
    ]


def unusable_reason(manifest: "Manifest") -> str | None:
    """Return why nothing can be found with a registry, or None."""
    if manifest.opt_outs is not None:
        return None
    if not manifest.items:
        return "nothing can be found with this registry: it holds no item"
    if manifest.postings:
        return None
    return "nothing can be found with this registry: all its items are too short"


def fit_lines(before: "Manifest", after: "Manifest") -> tuple[str, str]:
    """Return lines on what a fit changed."""
    parameters = (
        f"Fitted on {after.chance.exceedances:,} chance matches: lambda "
        f"{before.chance.decay:.3f} is now {after.chance.decay:.3f}, K {before.chance.scale:.2g} "
        f"is now {after.chance.scale:.2g}."
    )
    return parameters, f"The registry's digest is now {after.digest}."


def compaction_lines(before: "Manifest", after: "Manifest") -> list[str]:
    """Return lines on what a compaction changed."""
    if before.digest == after.digest:
        return [f"Nothing to merge: {_extent(after)}."]
    return [
        f"{_extent(before)}: now {_extent(after)}.",
        f"What is found stays the same. The registry's digest is now {after.digest}.",
    ]


def item_lines(items: "Iterable[ExampleItem]") -> Iterator[str]:
    """Yield two lines for each item: what it is, and its first words."""
    for item in items:
        facts = [item.source, item.item]
        facts.append("no date" if item.created_at is None else item.created_at.date().isoformat())
        facts.append(item.url or "no address")
        yield f"  {'  '.join(map(one_line, facts))}"
        text = "(the registry keeps no texts)" if item.text is None else item.text
        yield f"    {shorten_line(text, _MAX_TEXT_CHARS)}"


def withdrawal_lines(registry: Path, withdrawal: "Withdrawal", *, purged: bool) -> Iterator[str]:
    """Yield lines on what was withdrawn, and what is left of it where."""
    if withdrawal.items:
        yield (
            f"Withdrew {count(withdrawal.items, 'item')}; {withdrawal.manifest.items:,} remain. "
            "They are not matched any more, and stay out when dumps are added."
        )
    else:
        yield "No item that counts meets the conditions."
    if withdrawal.withdrawn_before:
        yield f"{count(withdrawal.withdrawn_before, 'id')} had been withdrawn before."
    if withdrawal.absent:
        kept_out = (
            "they are kept out, too"
            if withdrawal.kept_out
            else "name them and their --source alone to keep them out, too"
        )
        yield f"Not in the registry: {count(withdrawal.absent, 'id')}; {kept_out}."
    yield from _remains_lines(withdrawal)
    if purged:
        yield f"Cleared: the result cache and {registry}.tasks."
        yield from _OUT_OF_REACH
    yield f"The registry's digest is now {withdrawal.manifest.digest}."


def _remains_lines(withdrawal: "Withdrawal") -> Iterator[str]:
    """Yield lines on what left the disk, and what did not."""
    if withdrawal.rewritten:
        yield f"Removed from the disk, with {count(withdrawal.rewritten, 'segment')} rewritten."
    if withdrawal.fingerprints:
        yield f"Kept {_fingerprints(withdrawal.fingerprints)}."
    for pending in withdrawal.pending:
        yield (
            f"Still on disk: {_pending(pending)}. The first add, remove or compact from then on "
            f"rewrites it; `provenance registry remove --purge` does so now."
        )
    if withdrawal.linked_files:
        yield (
            f"Another registry shares {count(withdrawal.linked_files, 'removed file')}: merged "
            "from this one, or the other way round, it still has the items."
        )


def restoration_lines(manifest: "Manifest", number: int) -> list[str]:
    """Return lines on tombstones that were lifted."""
    if not number:
        return ["None of these ids has a tombstone."]
    return [
        f"Lifted {count(number, 'tombstone')}. To bring the items back, add their dumps.",
        f"The registry's digest is now {manifest.digest}.",
    ]


def opt_out_lines(registry: Path, manifest: "Manifest", number: int) -> list[str]:
    """Return lines on opt-outs that were added."""
    if not number:
        return [f"{registry} has all of these opt-outs already."]
    use = f"A check with --registry {registry} reports documents that declare such an address."
    return [
        f"Added {count(number, 'opt-out')}. {use}",
        f"The registry's digest is now {manifest.digest}.",
    ]


def marking_lines(marking: "Marking", *, undo: bool) -> Iterator[str]:
    """Yield lines on items that were marked, or whose marks were removed."""
    if marking.absent:
        yield f"Not in the registry: {count(marking.absent, 'id')}."
    if not marking.items:
        yield "No mark is removed." if undo else "No item is marked that was not before."
        return
    yield f"{'Unmarked' if undo else 'Marked'} {count(marking.items, 'item')}."
    yield f"The registry's digest is now {marking.manifest.digest}."


def combination_lines(output: Path, combination: "Combination") -> Iterator[str]:
    """Yield lines on a registry that was made from others."""
    manifest = combination.manifest
    yield f"{output}: {count(manifest.items, 'item')}, {_extent(manifest)}."
    numbers = {
        "shared by hard links": combination.shared,
        "copied": combination.copied,
        "written": combination.rewritten,
    }
    yield "Segments: " + ", ".join(f"{number:,} {what}" for what, number in numbers.items()) + "."
    if combination.replaced:
        items = count(combination.replaced, "item")
        yield f"{items} left out: another registry has them, too, in a later segment."
    if combination.withdrawn:
        yield f"{count(combination.withdrawn, 'item')} left out: withdrawn from another registry."
    if combination.has_other_chance:
        yield (
            "The registries have different chance models, so that the shipped one applies: "
            "measure it with `registry fit`."
        )
    yield f"Digest {manifest.digest}."


def keyed_copy_lines(output: Path, manifest: "Manifest", key_file: Path | None) -> Iterator[str]:
    """Yield lines on the keyed copy of a registry."""
    yield f"{output}: {count(manifest.items, 'item')}, {_extent(manifest)}, without texts."
    yield f"Its files are encrypted with the key {manifest.key_id}."
    if key_file is not None:
        yield f"Send {key_file} by another way than the copy, and to nobody else."
    yield "Who has the key can try guesses of what the items say: see docs/privacy.md."
    yield f"Digest {manifest.digest}."


def public_copy_lines(folder: Path, public: "PublicManifest") -> Iterator[str]:
    """Yield lines on the public copy of a registry."""
    yield f"{folder}: tier public, made {public.created:%Y-%m-%d} by provenance {public.tool}"
    yield ""
    yield f"  {'source':20} {'items':>12} {'too short':>12}  dates"
    for coverage in public.sources:
        yield from _coverage_lines(coverage)
    yield ""
    yield (
        f"  {count(public.items, 'distinct item')} of {public.min_tokens} words or more in the "
        f"filter, which accepts {public.false_positive_rate:.2%} of other texts, too"
    )
    for terms in public.terms:
        yield f"  {terms.source}: {one_line(terms.document)}, {one_line(terms.address)}"
    yield f"  of the registry with the digest {public.registry}"
    yield "  No verdict follows from a hit: ask the owner."


def screening_lines(folder: Path, screening: "Screening") -> Iterator[str]:
    """Yield lines on what a public copy says of a corpus."""
    copy, estimate = screening.copy, screening.estimate
    yield (
        f"{count(screening.texts, 'text')}, of which {screening.compared:,} are distinct and of "
        f"{copy.min_tokens} words or more: shorter ones cannot be compared."
    )
    yield (
        f"May be items of {folder}: {count(screening.hits, 'text')}. Chance alone gives "
        f"{screening.expected:,.1f}, {copy.false_positive_rate:.2%} of those compared."
    )
    yield "Verdict: unknown, for each of them: ask the owner."
    if estimate is not None:
        yield (
            f"Estimated number of items: {estimate.value:,.0f}, between {estimate.low:,.0f} and "
            f"{estimate.high:,.0f} (95 %)."
        )
    yield "Only whole texts are compared: absence is not clearance."


def push_lines(address: str, push: "Push") -> Iterator[str]:
    """Return lines on what was sent to an address, and what is there now."""
    manifest = push.manifest
    removed = f", {count(push.removed, 'old file')} removed" if push.removed else ""
    yield (
        f"Sent {count(push.sent, 'file')} ({size(push.sent_bytes)}) to {address}; "
        f"{push.present:,} were there{removed}."
    )
    fresh = "" if manifest.fresh_until is None else f", fresh until {manifest.fresh_until}"
    signed = "" if push.is_signed else "not signed, "
    yield f"It has {count(manifest.items, 'item')}{fresh}, {signed}digest {manifest.digest}."


def signing_lines(signing: "Signing") -> Iterator[str]:
    """Return lines on who signed what."""
    manifest, name = signing.manifest, signing.principal or "you@example.org"
    fresh = "" if manifest.fresh_until is None else f", fresh until {manifest.fresh_until}"
    yield f"Signed {count(manifest.items, 'item')}{fresh}, digest {manifest.digest}."
    sources = ", ".join(f'"{source.source}"' for source in manifest.sources)
    yield "Who trusts you has this in their trust file:"
    for key in signing.keys:
        yield from ("", "[[keys]]", f'principal = "{name}"', f'key = "{key.openssh}"')
        yield f"sources = [{sources}]"


def pull_lines(folder: Path, pull: "Pull") -> Iterator[str]:
    """Return lines on what a registry has that it had not before."""
    manifest, changes = pull.manifest, pull.difference
    if pull.doubt is not None:
        yield f"{pull.doubt[0].upper()}{pull.doubt[1:]}, so all files were compared."
    state = f"{count(manifest.items, 'item')} as of {manifest.created:%Y-%m-%d %H:%M}"
    if not pull.is_changed:
        yield f"{folder} is up to date: {state}."
    else:
        dropped = f", {changes.dropped:,} not in it any more" if changes.dropped else ""
        fetched = f"{count(pull.fetched, 'file')} ({size(pull.fetched_bytes)}) fetched"
        yield (
            f"{folder}: {count(changes.added, 'item')} added, {changes.withdrawn:,} withdrawn"
            f"{dropped}; {state}; {fetched}, {pull.present:,} were here."
        )
    if pull.cleared is not None:
        yield f"Cleared the result cache: {count(pull.cleared.entries, 'result')}."
    elif changes.withdrawn:
        yield "Cached results may quote withdrawn items; `provenance cache clear` deletes them."
    if pull.is_overdue:
        yield (
            f"Note: its owner stated that it would be published again by {manifest.fresh_until}. "
            "Items may have been withdrawn since."
        )


def _upkeep_lines(upkeep: "Upkeep") -> Iterator[str]:
    if upkeep.replaced:
        yield f"  {count(upkeep.replaced, 'replaced item')} on disk, until `registry compact`"
    for pending in upkeep.pending:
        yield f"  withdrawn, still on disk: {_pending(pending)}"
    if upkeep.tombstones:
        yield f"  {count(upkeep.tombstones, 'tombstone')} of withdrawn items, which stay out"
    if upkeep.fingerprints:
        yield f"  {_fingerprints(upkeep.fingerprints)}, until {upkeep.fingerprints_until} at most"
    if upkeep.opt_outs:
        yield f"  {count(upkeep.opt_outs, 'opt-out')} of domains and addresses"
    if upkeep.marks:
        counts = "counts" if upkeep.marks == 1 else "count"
        yield f"  {count(upkeep.marks, 'marked item')}, which {counts} in no share"


def _exchange_lines(manifest: "Manifest", upkeep: "Upkeep") -> Iterator[str]:
    if manifest.fresh_until is not None:
        yield f"  copies count as fresh until {manifest.fresh_until}"
    if upkeep.is_signed:
        yield "  signed; `registry verify --trust` says by whom"


def _fingerprints(number: int) -> str:
    return f"{count(number, 'fingerprint')} of withdrawn items, under a key kept elsewhere"


def _pending(pending: "PendingRewrite") -> str:
    items = count(pending.items, "item")
    return f"{items} in a segment of {size(pending.bytes)}, until {pending.due}"


def _extent(manifest: "Manifest") -> str:
    return f"{count(len(manifest.segments), 'segment')}, {size(manifest.bytes)}"


def _omitted_lines(manifest: "Manifest") -> Iterator[str]:
    """Yield lines on records that were skipped, replaced or not read."""
    if manifest.replaced:
        replaced = count(manifest.replaced, "record")
        yield f"  replaced by later ones with the same id: {replaced}"
    for skipped in manifest.skipped[:_MAX_LINES]:
        rows = ", ".join(f"{row:,}" for row in skipped.rows)
        more = ", ..." if len(skipped.rows) < skipped.count else ""
        where = f" (row {rows}{more})" if rows else ""
        are_records = skipped.count and not is_passed_over(skipped.reason)
        number = f"{skipped.count:,} of " if are_records else ""
        yield f"  {number}{skipped.file}: {skipped.reason}{where}"
    if others := manifest.skipped[_MAX_LINES:]:
        rest = sum(skipped.count for skipped in others)
        yield f"  {rest:,} of other files or kinds: see registry.json"
    for line in unread_lines(manifest.unread, _MAX_LINES, "registry.json"):
        yield f"  not read: {one_line(line)}"
    if manifest.replaced or manifest.skipped or manifest.unread:
        yield ""


def _chance_model_text(manifest: "Manifest", *, verbose: bool) -> str:
    chance = manifest.chance
    count = chance.exceedances
    basis = f"measured on {count:,} matches" if count else "the shipped rate; see `registry fit`"
    return f"lambda {chance.decay:.3g}, K {chance.scale:.3g}, {basis}" if verbose else basis


def _coverage_lines(coverage: "SourceCoverage") -> Iterator[str]:
    dates = f"{_day(coverage.first)} to {_day(coverage.last)}" if coverage.first else "unknown"
    if coverage.undated:
        dates += f", {coverage.undated:,} undated"
    yield f"  {coverage.source:20} {coverage.items:12,} {coverage.unattributable:12,}  {dates}"
    if coverage.fraction is not None:
        yield f"    {_percentage(coverage.fraction)} of {coverage.published:,} items in total"


def _percentage(fraction: float) -> str:
    return f"{fraction:.2%}" if fraction >= 0.0001 else "less than 0.01%"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "?"
