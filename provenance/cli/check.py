"""`provenance check`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files, folders
from provenance.cli.errors import CLEAR, FAILED, VIOLATED
from provenance.cli.options import (
    allow_unread_option,
    background_option,
    circumstance_options,
    max_document_option,
    no_cache_option,
    policy_option,
    registry_option,
    rules_option,
    settings_of,
    split_option,
    text_column_option,
    threads_option,
)
from provenance.cli.telling import Told, format_options
from provenance.cli.terminals import echo
from provenance.cli.unread import list_unread, tell_unread

_EXAMPLES = """
\b
Examples:
  provenance check data/*.parquet --registry registries/x -o report
  provenance check imdb --registry registries/x --collected 2023-06-01
  zcat posts.jsonl.gz | provenance check - --registry registries/x
  provenance check data --registry registries/x --fail-on forbidden=0.1%
  provenance check data --registry registries/x --sample 1%
  provenance check data --registry registries/x --baseline main-report
"""


@click.command("check", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@registry_option
@background_option
@click.option(
    "--control",
    metavar="DIR",
    shell_complete=folders,
    help="A registry of items that cannot be in CORPUS, such as later posts: what is found of it "
    "measures how many findings may be chance.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write result.json, findings.parquet, report.html and model.parquet there.",
)
@format_options
@policy_option
@circumstance_options
@click.option(
    "--fail-on",
    "gates",
    multiple=True,
    metavar="GATE",
    help="[SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]=N%; repeatable. "
    "A gate for another source or verdict adds to the default, forbidden=0%.",
)
@text_column_option
@max_document_option
@click.option(
    "--calibration",
    metavar="FILE",
    shell_complete=files,
    help="What `provenance calibrate` measured: shares are corrected by it.",
)
@click.option(
    "--signals",
    metavar="DIR",
    shell_complete=folders,
    help="Captured robots.txt, ai.txt, tdmrep.json and rsl.xml, as HOST/YEAR-MONTH-DAY/FILE: what "
    "they say against training counts for rows with an address.",
)
@click.option(
    "--sample",
    metavar="N%",
    help="Look at this part of the documents only; shares are estimates for all.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A report of an earlier check: gates count only findings that it does not have; matches "
    "are weighed by its model.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also where the policy is violated.")
@click.option(
    "--model-of",
    type=click.Path(path_type=Path),
    metavar="RESULT",
    help="Weigh matches by the model of an earlier check's corpus, in the folder of its report, "
    "rather than by CORPUS itself: what is in both is judged alike.",
)
@split_option
@allow_unread_option
@rules_option
@threads_option
@no_cache_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Tell on stderr what is opened, what the cache knew, and how long each stage took.",
)
def command(  # noqa: PLR0913 (one parameter an option: that is what a command is)
    corpus: tuple[str, ...],
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    control: str | None,
    output: Path | None,
    form: str,
    excerpts: bool,
    anchor: str | None,
    policy: str | None,
    purpose: str | None,
    collected: str | None,
    actor: str | None,
    jurisdiction: str | None,
    commercial: bool | None,
    kinds: tuple[str, ...],
    claims: tuple[str, ...],
    gates: tuple[str, ...],
    text_columns: tuple[str, ...],
    max_document: str | None,
    calibration: str | None,
    signals: str | None,
    sample: str | None,
    baseline: Path | None,
    exit_zero: bool,
    model_of: Path | None,
    split: str | None,
    allow_unread: int,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Say which share of CORPUS is content of which source, and whether its terms allow the use.

    CORPUS is files, folders or globs (Parquet, JSON Lines, CSV, Arrow, text; compressed too), a
    folder that datasets wrote, a dataset on a hub, or - for JSON Lines on stdin.
    """
    with pipeline.hashing(registries) as hashed, pipeline.told(verbose):
        asked = pipeline.policy_of(
            policy,
            purpose=purpose,
            collected=collected,
            actor=actor,
            jurisdiction=jurisdiction,
            commercial=commercial,
            model=kinds,
            claims=claims,
            gates=gates,
            text_columns=text_columns,
            max_document=max_document,
            registries=registries,
            calibration=calibration,
            backgrounds=backgrounds,
            signals=signals,
        )
        pipeline.check_anchor(anchor)
        if output is not None:
            pipeline.check_outside(output, corpus)
            pipeline.check_writable(output)
        begun = pipeline.begun(corpus, asked, split, hashed)
        settings = settings_of(
            threads,
            no_cache=no_cache,
            quiet=quiet,
            rules=rules,
            split=split,
            sample=None if sample is None else pipeline.rate_of(sample),
            control=control,
            baseline=baseline,
            model_of=model_of,
            allow_unread=allow_unread,
        )
        report = pipeline.check(corpus, asked, settings, begun)
        if output is not None:
            pipeline.written(report, output)
    told = Told(form, excerpts, anchor)
    if form != "terminal" or not quiet:
        told.tell(report)
    if form == "terminal" and output is not None and not quiet:
        echo(f"Report: {output / 'report.html'}")
    if form not in {"terminal", "json"} and not quiet:  # which say it themselves
        echo(pipeline.outcome_line(report), err=True)
    if report.result.status == "incomplete":
        if quiet:
            list_unread(report.result.unread)
        tell_unread(report.result.unread, "the result covers only what was read")
        return FAILED
    return VIOLATED if report.result.violations and not exit_zero else CLEAR
