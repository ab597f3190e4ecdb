"""`provenance.Outcome`: the outcome of a check, in tests and notebooks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import fspath
from pathlib import Path

import pyarrow as pa

from provenance.model.content.tables import Unread
from provenance.model.results.result import Report, Result, Violation
from provenance.model.results.shares import Share
from provenance.model.rules.terms import Verdict
from provenance.pipeline.building.registry_changes import author_names
from provenance.pipeline.cleaning.clean_output import check_output_outside
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_names import as_arguments, unread_as_arguments
from provenance.pipeline.python_api.option_types import Address
from provenance.pipeline.report_io import save_report
from provenance.report.formats.rendering import FORMATS, render
from provenance.report.render_options import DEFAULT_OPTIONS, RenderOptions
from provenance.report.sanitize import one_line
from provenance.report.text.next_steps import outcome_line


class PolicyViolated(AssertionError):
    """The check did not pass."""


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """The outcome of a check; true if the policy holds.

    Parameters
    ----------
    report : Report
        The result and its findings.
    """

    report: Report

    @property
    def result(self) -> Result:
        """The content of `result.json` as objects; `render("json")` is its text."""
        return self.report.result

    @property
    def status(self) -> str:
        """The status: "pass", "fail" or "incomplete"."""
        return self.result.status

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Files and folders that could not be read, or not to the end."""
        return unread_as_arguments(self.result.unread)

    @property
    def findings(self) -> pa.Table:
        """The findings, one per row; convert with `.to_pandas()` or `.to_pylist()`."""
        return self.report.findings

    @property
    def shares(self) -> tuple[Share, ...]:
        """Shares by source, verdict, terms, basis and evidence, each with its interval."""
        return self.result.shares

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Failed gates; empty if the check passes."""
        return tuple(
            replace(each, remedy=as_arguments(each.remedy)) for each in self.result.violations
        )

    def share(self, key: str | Verdict) -> Share:
        """Return the share of a source or verdict.

        Parameters
        ----------
        key : str or Verdict
            "x", "forbidden", ...

        Raises
        ------
        KeyError
            If no registry holds the source.
        """
        shares = {share.key: share for share in self.shares if share.by in {"source", "verdict"}}
        if key not in shares:
            raise KeyError(
                f"there is no share of {str(key)!r}; there are shares of {', '.join(shares)}"
            )
        return shares[key]

    def expect_pass(self) -> "Outcome":
        """Return the outcome if the policy holds; raise otherwise.

        Raises
        ------
        PolicyViolated
            If it does not; the message is the terminal report.
        """
        if not self:
            raise PolicyViolated(f"{self}\n\n{as_arguments(self.render('terminal'))}")
        return self

    def render(
        self,
        form: str,
        *,
        excerpts: bool = False,
        anchor: str | None = None,
        authors_of: Iterable[str] = (),
    ) -> str:
        """Render the report in a format.

        Parameters
        ----------
        form : str
            A format of `provenance check --format`.
        excerpts, anchor, authors_of
            As the options of the same names.
        """
        if form not in FORMATS:
            raise ValueError(f"{form!r} is not a format; formats are {', '.join(FORMATS)}")
        authors = author_names(self.report, [*authors_of])
        return render(form, self.report, RenderOptions(excerpts, anchor, authors))

    @public_function
    def write(self, folder: Address) -> None:
        """Write the files of the report to a folder or an address, as `check --output` does.

        Raises
        ------
        OutputError
            If it cannot be written, or lies within the corpus.
        """
        if "://" not in fspath(folder):
            check_output_outside(Path(folder), self.result.corpus.addresses)
        save_report(self.report, fspath(folder))

    def __bool__(self) -> bool:
        """Return whether the policy holds."""
        return self.status == "pass"

    def __str__(self) -> str:
        """Return status, reason and first remedy in one line."""
        return one_line(as_arguments(outcome_line(self.result)))

    def __repr__(self) -> str:
        return f"<{self}>"

    def _repr_html_(self) -> str:
        """Return the page for a notebook, in a sandboxed frame without scripts."""
        from markupsafe import escape  # noqa: PLC0415 (used in notebooks only)

        page = escape(render("html", self.report, DEFAULT_OPTIONS))
        style = "width:100%;height:640px;border:1px solid #8888"
        return f'<iframe sandbox srcdoc="{page}" style="{style}" title="provenance"></iframe>'
