"""`provenance.check`: a check asked from Python, for tests and notebooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Unpack, cast

import pyarrow as pa

from provenance.model import Report, Result, Share, Unread, Verdict, Violation
from provenance.pipeline.dataset_check import check as run_check
from provenance.pipeline.report_io import policy_of, rate_of
from provenance.pipeline.result_cache import memory_folder
from provenance.pipeline.settings import Settings
from provenance.read.policy.policy_file import PolicyOptions
from provenance.report.files.report_folder import write_report
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.render_options import DEFAULT_OPTIONS, RenderOptions
from provenance.report.sanitize import one_line
from provenance.report.text.next_steps import outcome_line

Address = str | PathLike[str]


class PolicyViolated(AssertionError):
    """A check failed where it was to pass."""


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """How a check came out. It is true where the policy holds, and says why where it does not.

    Parameters
    ----------
    report : Report
        The result and its findings.
    """

    report: Report

    @property
    def result(self) -> Result:
        """All that `result.json` has."""
        return self.report.result

    @property
    def status(self) -> str:
        """Return "pass", "fail" or "incomplete"."""
        return self.result.status

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Files and folders that could not be read, or not to their end."""
        return self.result.unread

    @property
    def findings(self) -> pa.Table:
        """One row a finding; `.to_pandas()` and `.to_pylist()` give what one would think."""
        return self.report.findings

    @property
    def shares(self) -> tuple[Share, ...]:
        """Shares by source, verdict, terms, basis and evidence, each with its interval."""
        return self.result.shares

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Gates that failed, in words; none where the check passes."""
        return self.result.violations

    def share(self, key: str | Verdict) -> Share:
        """Give the share of one source or verdict.

        Parameters
        ----------
        key : str or Verdict
            "x", "forbidden", ...

        Raises
        ------
        KeyError
            If no registry holds the source.
        """
        known = {each.key: each for each in self.shares if each.by in {"source", "verdict"}}
        if key not in known:
            raise KeyError(f"there is no share of {str(key)!r}; there is one of {', '.join(known)}")
        return known[key]

    def expect_pass(self) -> "Outcome":
        """Return the outcome itself, if the policy holds.

        Raises
        ------
        PolicyViolated
            If it does not; the message is what a terminal would show.
        """
        if not self:
            raise PolicyViolated(f"{self}\n\n{self.render('terminal')}")
        return self

    def render(self, form: str, *, excerpts: bool = False, anchor: str | None = None) -> str:
        """Tell the outcome in a format.

        Parameters
        ----------
        form : str
            Whatever `provenance check --format` takes.
        excerpts, anchor
            As the options of the same names.
        """
        if form not in FORMATS:
            raise ValueError(f"{form!r} is no format: there are {', '.join(FORMATS)}")
        return render(form, self.report, RenderOptions(excerpts, anchor))

    def write(self, folder: Address) -> None:
        """Write result.json, findings.parquet and report.html, whole or not at all."""
        write_report(self.report, Path(folder))

    def __bool__(self) -> bool:
        """Whether the policy holds."""
        return self.status == "pass"

    def __str__(self) -> str:
        """Say in one line how it came out, why, and what to do first."""
        return one_line(outcome_line(self.result))

    def __repr__(self) -> str:
        return f"<{self}>"

    def _repr_html_(self) -> str:
        """Show the page in a notebook: in a frame of its own, that runs nothing."""
        from markupsafe import escape  # noqa: PLC0415 (no check needs it)

        page = escape(render("html", self.report, DEFAULT_OPTIONS))
        style = "width:100%;height:640px;border:1px solid #8888"
        return f'<iframe sandbox srcdoc="{page}" style="{style}" title="provenance"></iframe>'


def check(
    corpus: Address | Iterable[Address],
    *,
    policy: Address | None = None,
    baseline: Address | None = None,
    sample: str | None = None,
    control: str | None = None,
    allow_unread: int = 0,
    **options: Unpack[PolicyOptions],
) -> Outcome:
    """Check a dataset against registries.

    Parameters
    ----------
    corpus : str, path, or iterable of them
        Files, folders, globs, datasets.
    policy : str or path, optional
        The policy's file. Unset: `provenance.toml` or `pyproject.toml` in the working directory.
    baseline : str or path, optional
        Folder of an earlier report; only what is new fails.
    sample : str, optional
        "1%" looks at a hundredth of the documents.
    control : str, optional
        A registry of items that cannot be in the corpus.
    allow_unread : int, optional
        How many files may be unread; more make the outcome "incomplete", which is not true.
    **options
        `registries`, `purpose`, `collected`, `actor`, `jurisdiction`, `commercial`, `model`,
        `claims`, `gates`, `text_columns`, `max_document`, `calibration`, `backgrounds`: as
        `provenance check` has them, in place of what the policy says.

    Returns
    -------
    Outcome
        True where the policy holds.

    Raises
    ------
    ProvenanceError
        If the work cannot be done; it has a remedy.
    """
    addresses = [corpus] if isinstance(corpus, str | PathLike) else list(corpus)
    settings = Settings(
        baseline=None if baseline is None else Path(baseline),
        sample=None if sample is None else rate_of(sample),
        control=control,
        cache=memory_folder(),
        allow_unread=allow_unread,
    )
    asked = policy_of(None if policy is None else fspath(policy), **_listed(options))
    return Outcome(run_check([fspath(address) for address in addresses], asked, settings))


ask = check
"""Its name at this room's door, where `check` is what does the work."""

_LISTS = {"gates", "model", "claims", "text_columns", "registries", "backgrounds"}


def _listed(options: PolicyOptions) -> PolicyOptions:
    """Take one for a list of one, and paths for their names."""
    if unknown := sorted(set(options) - set(PolicyOptions.__annotations__)):
        known = ", ".join(sorted(PolicyOptions.__annotations__))
        raise TypeError(f"check() knows no option {unknown[0]!r}; there are {known}")
    given: dict[str, Any] = dict(options)
    for name in given.keys() & _LISTS:
        several = [given[name]] if isinstance(given[name], str | PathLike) else given[name]
        given[name] = [fspath(each) for each in several]
    if given.get("calibration") is not None:
        given["calibration"] = fspath(given["calibration"])
    return cast("PolicyOptions", given)
