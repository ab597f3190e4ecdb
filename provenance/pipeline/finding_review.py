"""Review a random sample of the findings of a report, and correct its shares by the labels."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.match.estimation.reviewed_shares import (
    ReviewedDraws,
    reviewed_share,
    share_with_missed,
)
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.content.row_selection import take_rows
from provenance.model.results.calibration import CorrectedShare
from provenance.model.results.origin import Origin
from provenance.model.results.reviews import (
    FindingLabel,
    Review,
    ReviewedEstimate,
    ReviewLabel,
    ReviewSample,
    ReviewScope,
)
from provenance.report.files.label_sheets import (
    ITEM_COLUMNS,
    PLACE_COLUMNS,
    read_sheet,
    write_sheet,
)
from provenance.report.files.report_commit import lock_folder
from provenance.report.files.report_folder import write_text
from provenance.report.files.report_reader import findings_digest, read_report
from provenance.report.files.review_jsonl import FILE_NAME, read_review, write_review
from provenance.report.formats.html_review import review_page

DEFAULT_DRAWS, DEFAULT_SEED, DEFAULT_SCOPE = 100, 0, ReviewScope.COUNTED

_KEY_COLUMNS = ("file", "row", "field", "start", "end", "source", "item")

_STRATUM_COLUMNS = ("source", "origin", "evidence")
_PASSAGE_COLUMNS = (*_STRATUM_COLUMNS, "item", "url", "tokens", "bits")
"""Columns in which all findings of one passage agree."""


def open_review(
    folder: Path,
    draws: int | None = None,
    seed: int | None = None,
    scope: ReviewScope | None = None,
) -> Review:
    """Open the review in the folder of a report, or begin one.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    draws : int or None
        Number of draws; None is that of the review, or `DEFAULT_DRAWS` for a new one. A larger
        number than before adds draws to those made, a smaller one uses the first of them.
    seed : int or None
        Random seed; None is that of the review, or `DEFAULT_SEED` for a new one.
    scope : ReviewScope or None
        Which findings are drawn; None is that of the review, or `DEFAULT_SCOPE` for a new one.

    Raises
    ------
    InputError
        If there is no report, nothing to review in it, or the labels beside it are of another
        sample.
    """
    report, digest, path = read_report(folder), findings_digest(folder), folder / FILE_NAME
    saved = read_review(path)
    stored, labels = saved or (None, {})
    if stored is not None and stored.findings != digest:
        raise InputError(
            f"the labels in {str(path)!r} are of other findings than those of the report",
            remedy="move the file away to begin a new review, or restore the report",
        )
    _require_same(stored, seed, scope, path)
    stored = stored or ReviewSample(
        digest,
        DEFAULT_SEED if seed is None else seed,
        DEFAULT_DRAWS,
        DEFAULT_SCOPE if scope is None else scope,
    )
    sample = stored if draws is None else replace(stored, draws=draws)
    findings, tokens = _passages(_reviewable(report.findings, sample.scope))
    if not len(findings):
        kind = "content" if sample.scope is ReviewScope.ALL else "content that counts"
        raise InputError(
            f"the report in {str(folder)!r} has no finding of {kind} to review",
            remedy="name the report of a check that found something"
            + ("" if sample.scope is ReviewScope.ALL else ", or add --scope all"),
        )
    rows = draw_passages(tokens, sample)
    _, firsts, places = np.unique(rows, return_index=True, return_inverse=True)
    ranks = np.argsort(np.argsort(firsts))
    order = rows[np.sort(firsts)]
    keys = finding_keys(take_rows(findings, pa.array(order)))
    return Review(
        report.result, findings, tokens, keys, order, ranks[places], sample, labels, saved
    )


def _require_same(
    stored: ReviewSample | None, seed: int | None, scope: ReviewScope | None, path: Path
) -> None:
    """Require that what is asked for is the sample that was begun."""
    if stored is not None and seed not in {None, stored.seed}:
        raise InputError(
            f"the labels in {str(path)!r} are of a sample with the seed {stored.seed}, not {seed}",
            remedy="omit --seed, or move the file away to begin a new review",
        )
    if stored is not None and scope not in {None, stored.scope}:
        raise InputError(
            f"the labels in {str(path)!r} are of a sample with --scope {stored.scope}",
            remedy="omit --scope, or move the file away to begin a new review",
        )


def draw_passages(tokens: Int64s, sample: ReviewSample) -> Int64s:
    """Draw passages with replacement, each with a probability proportional to its tokens.

    Parameters
    ----------
    tokens : ndarray of int64, shape (n,)
        Tokens of each passage, in the order of the strata.
    sample : ReviewSample
        Seed and number of draws.

    Returns
    -------
    ndarray of int64
        Number of the passage, by draw.

    Notes
    -----
    Draw k, from 0, is the passage that has token ``floor(u * sum(tokens))``. The 64 bits of u, a
    number in [0, 1), are those of k in reverse plus the first 64 bits of the SHA-256 of the seed,
    modulo 1: the sequence of van der Corput (1935), shifted at random (Cranley and Patterson 1976).
    So each draw is of any token with the same probability, and the draws are spread evenly over the
    strata. Anybody can repeat it, and more draws can be added later.
    """
    ends = np.cumsum(tokens)
    total = int(ends[-1])
    shift = int.from_bytes(sha256(str(sample.seed).encode()).digest()[:8])
    positions = [
        (int(f"{draw:064b}"[::-1], 2) + shift) % 2**64 * total >> 64 for draw in range(sample.draws)
    ]
    return np.searchsorted(ends, positions, side="right").astype(np.int64)


def finding_keys(findings: pa.Table) -> tuple[str, ...]:
    """Return the key of each finding: "f", so that no spreadsheet takes it for a number, and hex.

    It is of the place of the finding, the source and the item.
    """
    rows = zip(*(findings[name].to_pylist() for name in _KEY_COLUMNS), strict=True)
    return tuple("f" + sha256(json.dumps(row).encode()).hexdigest()[:16] for row in rows)


def add_label(review: Review, place: int, label: ReviewLabel, labeller: str) -> Review:
    """Return a review with a label, given today, of one of its drawn findings.

    Parameters
    ----------
    review : Review
        The review.
    place : int
        Place of the finding in `Review.order`.
    label : ReviewLabel
        The label.
    labeller : str
        Who gives it.
    """
    return _with_label(review, place, label, labeller, datetime.now(UTC).date())


def save_review(review: Review, folder: Path) -> Review:
    """Save a review beside its report, with what others have saved there meanwhile.

    Parameters
    ----------
    review : Review
        The review; labels are written in the order of its sample.
    folder : Path
        Folder of the report.

    Returns
    -------
    Review
        The review with the labels of others.

    Raises
    ------
    InputError
        If somebody else gave one of its findings another label meanwhile, or began another review.
    OutputError
        If it cannot be written.
    """
    places = {key: place for place, key in enumerate(review.keys)}
    with lock_folder(folder):
        merged = _with_saved(review, read_review(folder / FILE_NAME), folder / FILE_NAME)
        labels = sorted(
            merged.labels.values(), key=lambda each: places.get(each.finding, len(places))
        )
        sample = merged.sample if merged.saved is None else merged.saved[0]
        write_review(sample, labels, folder / FILE_NAME)
    return replace(merged, saved=(sample, merged.labels))


def _with_saved(
    review: Review, saved: tuple[ReviewSample, Mapping[str, FindingLabel]] | None, path: Path
) -> Review:
    """Return a review with what its file has now, apart from what was labelled here since."""
    if saved is None:
        return replace(review, saved=None)
    sample, labels = saved
    if replace(sample, draws=0) != replace(review.sample, draws=0):
        raise InputError(
            f"somebody else has begun another review in {str(path)!r} meanwhile",
            remedy="look at it, and move it away to begin a new one",
        )
    if review.saved is None:
        before: Mapping[str, FindingLabel] = {}
        draws = max(sample.draws, review.sample.draws)
    else:
        before = review.saved[1]
        draws = (sample if review.sample == review.saved[0] else review.sample).draws
    merged = dict(labels)
    for key, label in review.labels.items():
        if label == before.get(key):
            continue
        theirs = labels.get(key)
        if theirs is not None and theirs != before.get(key) and theirs.labeller != label.labeller:
            if theirs.label is label.label:
                continue
            raise InputError(
                f"the finding {key!r} was labelled {theirs.label} by {theirs.labeller} meanwhile, "
                f"and {label.label} by {label.labeller}; the former is kept",
                remedy="agree on a label, and give it with `provenance review`, going back with b",
            )
        merged[key] = label
    return replace(review, labels=merged, saved=(replace(sample, draws=draws), merged))


def import_labels(review: Review, path: Path, labeller: str) -> Review:
    """Add the labels of a sheet.

    Parameters
    ----------
    review : Review
        The review.
    path : Path
        As `read_sheet` reads it.
    labeller : str
        Who gave the labels that name nobody.

    Raises
    ------
    InputError
        If the sheet is of other findings or of another sample, a finding is not in the sample, or
        somebody else gave it another label.
    """
    sample, rows = read_sheet(path)
    if sample is not None:
        _require_sample(review.sample, sample, path)
    places = {key: place for place, key in enumerate(review.keys)}
    for row in rows:
        where = f"{str(path)!r}, line {row.line}: the finding {row.finding!r}"
        if row.finding not in places:
            raise InputError(
                f"{where} is not in the sample",
                remedy="export the sample of this report again, and label that",
            )
        known, name = review.labels.get(row.finding), row.labeller or labeller
        if known is not None and known.label is row.label:
            continue
        if known is not None and known.labeller != name:
            raise InputError(
                f"{where} is labelled {known.label} by {known.labeller} and {row.label} by {name}",
                remedy="agree on a label, and remove the finding from the sheet",
            )
        day = row.date or datetime.now(UTC).date()
        review = _with_label(review, places[row.finding], row.label, name, day)
    return review


def export_sheet(review: Review, path: Path) -> None:
    """Write the drawn findings, with their labels, to be labelled elsewhere.

    Parameters
    ----------
    review : Review
        The review.
    path : Path
        A page for a browser if its name ends in `.html`, else a sheet as `write_sheet` writes it.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    if path.suffix.lower() == ".html":
        write_text(review_page(review), path)
        return
    names = [*PLACE_COLUMNS, *ITEM_COLUMNS, "excerpt", "excerpt_start", "item_excerpt"]
    findings = take_rows(review.findings.select(names), pa.array(review.order)).to_pylist()
    rows = []
    for key, finding in zip(review.keys, findings, strict=True):
        labels = _label_columns(review.labels.get(key))
        rows.append({"finding": key, **finding, "excerpt": _bracketed(finding), **labels})
    write_sheet(rows, path)


def corrected_shares(review: Review) -> tuple[ReviewedEstimate, ...]:
    """Correct the reported shares of tokens by the labels of a review.

    Parameters
    ----------
    review : Review
        The review.

    Returns
    -------
    tuple of ReviewedEstimate
        The item's, also by source; quotations; chance. They are shares of the tokens that were
        read, of what was found; what was missed is in `with_missed` alone.

    Notes
    -----
    The sample ends before the first draw of a finding after the last labelled one. Findings in it
    without a label count as skipped, so that it does not matter which ones somebody preferred.
    """
    labels = [review.labels.get(key) for key in review.keys]
    used = review.draws[: _draws_used(review, labels)]
    sources = review.findings["source"].combine_chunks().to_numpy(zero_copy_only=False)
    everything = np.ones(len(sources), bool)
    scopes: list[tuple[str | None, Flags, ReviewLabel]] = [
        (None, everything, ReviewLabel.ITEM),
        *((str(name), sources == name, ReviewLabel.ITEM) for name in sorted(set(sources.tolist()))),
        (None, everything, ReviewLabel.QUOTATION),
        (None, everything, ReviewLabel.CHANCE),
    ]
    return tuple(_estimate(review, labels, used, *scope) for scope in scopes)


def _reviewable(findings: pa.Table, scope: ReviewScope) -> pa.Table:
    """Return the findings of content in scope: never those of planted items."""
    is_marked = pc.fill_null(findings["marked"], fill_value=False)
    is_drawn = pc.and_(pc.equal(findings["evidence"], "content"), pc.invert(is_marked))
    if scope is ReviewScope.COUNTED:
        is_quotation = pc.fill_null(pc.equal(findings["origin"], str(Origin.QUOTATION)), False)
        is_drawn = pc.and_not(is_drawn, pc.or_(is_quotation, findings["contested"]))
    return findings.filter(is_drawn)


def _passages(findings: pa.Table) -> tuple[pa.Table, Int64s]:
    """Return the first finding of each passage, by stratum, and the tokens of all findings of it.

    The strata are the sources, and in each the origins.
    """
    columns = [findings[name].combine_chunks() for name in _PASSAGE_COLUMNS]
    codes = [
        pc.dictionary_encode(column, null_encoding="encode").indices.to_numpy()
        for column in columns
    ]
    _, firsts, places = np.unique(np.stack(codes), axis=1, return_index=True, return_inverse=True)
    tokens = np.bincount(
        places.ravel(), np.maximum(findings["tokens"].to_numpy(), 1), len(firsts)
    ).astype(np.int64)
    names = [(name, "ascending") for name in _STRATUM_COLUMNS]
    strata = findings.select(list(_STRATUM_COLUMNS)).take(pa.array(firsts))
    keys = strata.append_column("first", pa.array(firsts))
    order = pc.sort_indices(keys, sort_keys=[*names, ("first", "ascending")]).to_numpy()
    return take_rows(findings, pa.array(firsts[order])), tokens[order]


def _require_sample(own: ReviewSample, other: ReviewSample, path: Path) -> None:
    """Require that labels in a file are of the sample of this review, or of its first draws."""
    if other.findings != own.findings:
        raise InputError(
            f"the labels in {str(path)!r} are of the findings {other.findings[:12]}…, and "
            f"those of the report are {own.findings[:12]}…",
            remedy="name the report that the sample was exported from",
        )
    if (other.seed, other.scope) != (own.seed, own.scope) or other.draws > own.draws:
        raise InputError(
            f"the labels in {str(path)!r} are of the sample with {_options(other)}, not of that "
            f"with {_options(own)}",
            remedy=f"add {_options(other)}",
        )


def _options(sample: ReviewSample) -> str:
    return f"--scope {sample.scope} --seed {sample.seed} --sample {sample.draws}"


def _with_label(review: Review, place: int, label: ReviewLabel, labeller: str, day: date) -> Review:
    row = int(review.order[place])
    finding = review.findings.slice(row, 1).to_pylist()[0]
    key = review.keys[place]
    given = FindingLabel(
        key,
        label,
        labeller,
        day,
        int(review.tokens[row]) / int(review.tokens.sum()),
        finding["document"],
        finding["source"],
        finding["item"],
    )
    return replace(review, labels={**review.labels, key: given})


def _bracketed(finding: Mapping[str, Any]) -> str | None:
    """Return the excerpt with the finding in double brackets."""
    text, first = finding["excerpt"], finding["excerpt_start"]
    if text is None or first is None:
        return None
    start, end = max(finding["start"] - first, 0), finding["end"] - first
    return f"{text[:start]}[[{text[start:end]}]]{text[end:]}"


def _label_columns(label: FindingLabel | None) -> Mapping[str, Any]:
    if label is None:
        return {"label": None, "labeller": None, "date": None}
    return {"label": str(label.label), "labeller": label.labeller, "date": label.date}


def _draws_used(review: Review, labels: list[FindingLabel | None]) -> int:
    """Return the number of draws before that of a finding after the last labelled one."""
    last = max((place for place, label in enumerate(labels) if label is not None), default=-1)
    later = np.flatnonzero(review.draws > last)
    return int(later[0]) if len(later) else len(review.draws)


def _estimate(
    review: Review,
    labels: list[FindingLabel | None],
    used: Int64s,
    source: str | None,
    mask: Flags,
    label: ReviewLabel,
) -> ReviewedEstimate:
    """Estimate the share of one label among the findings of a mask."""
    tokens = review.tokens
    predicted = _predictions(review.findings, label)
    size, predicted_size = float(tokens[mask].sum()), float(tokens[mask & predicted].sum())
    sample = used[mask[review.order[used]]]
    draws = _reviewed_draws(review, labels, sample, label)
    share = reviewed_share(
        replace(
            draws,
            predictions=predicted[review.order[sample]],
            predicted_share=predicted_size / size,
        )
    )
    total = max(review.result.corpus.tokens, 1)
    scale = size / total
    return ReviewedEstimate(
        source,
        label,
        len(sample),
        predicted_size / total,
        None if share.share is None else share.share * scale,
        share.low * scale,
        share.high * scale,
        share.is_exact,
        _with_missed(review, labels, sample, label) if source is None else None,
    )


def _reviewed_draws(
    review: Review, labels: list[FindingLabel | None], sample: Int64s, label: ReviewLabel
) -> ReviewedDraws:
    """Return draws as if the tool said of all findings that they have the label."""
    sampled = [labels[place] for place in sample.tolist()]
    skipped = [each is None or each.label is ReviewLabel.SKIP for each in sampled]
    documents = pc.dictionary_encode(review.findings["document"].combine_chunks()).indices
    return ReviewedDraws(
        np.ones(len(sampled), bool),
        np.array([each is not None and each.label is label for each in sampled], bool),
        np.array(skipped, bool),
        documents.to_numpy()[review.order[sample]].astype(np.int64),
        1.0,
    )


def _with_missed(
    review: Review, labels: list[FindingLabel | None], sample: Int64s, label: ReviewLabel
) -> CorrectedShare | None:
    """Return the share with what was missed; the calibration takes off chance matches."""
    calibrated = next(
        (
            share.tokens.corrected
            for share in review.result.shares
            if (share.by, share.key) == ("evidence", "content")
        ),
        None,
    )
    is_of_all = review.sample.scope is ReviewScope.ALL
    if calibrated is None or label is ReviewLabel.CHANCE or not is_of_all:
        return None
    is_chance = [
        each is not None and each.label is ReviewLabel.CHANCE
        for each in (labels[place] for place in sample.tolist())
    ]
    genuine = sample[~np.array(is_chance, bool)]
    combined = share_with_missed(
        (calibrated.share, calibrated.low, calibrated.high),
        reviewed_share(_reviewed_draws(review, labels, genuine, label)),
    )
    return None if combined is None else CorrectedShare(*combined)


def _predictions(findings: pa.Table, label: ReviewLabel) -> Flags:
    """Return whether the tool counts each finding as `label`; undecided ones as the item's."""
    is_quotation = pc.fill_null(pc.equal(findings["origin"], str(Origin.QUOTATION)), False)
    flags = np.asarray(is_quotation, bool)
    if label is ReviewLabel.QUOTATION:
        return flags
    return ~flags if label is ReviewLabel.ITEM else np.zeros(len(flags), bool)
