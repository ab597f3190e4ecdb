"""`provenance check`."""

from pathlib import Path

import click

from provenance.cli.datasets.check_running import CheckArguments, Running, run_check, run_shard
from provenance.cli.options.format_options import ReportRenderer, format_options
from provenance.cli.options.path_options import files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    background_option,
    chance_option,
    circumstance_options,
    engine_option,
    max_document_option,
    no_cache_option,
    policy_option,
    registry_option,
    rules_option,
    scheduler_option,
    split_option,
    text_column_option,
    threads_option,
    trust_option,
    verify_option,
)

_EXAMPLES = """
\b
Examples:
  provenance check data/*.parquet --registry registries/x -o report
  provenance check imdb --registry registries/x --collected 2023-06-01
  zcat posts.jsonl.gz | provenance check - --registry registries/x
  provenance check data --registry registries/x --fail-on forbidden=0.1%
  provenance check data --registry registries/x --sample 1%
  provenance check data --registry registries/x --baseline main-report
  provenance check data --registry registries/x -o report --shard 3/64
"""


@click.command("check", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@registry_option
@click.option(
    "--declared-only",
    is_flag=True,
    help="Compare no texts, and report only what rows declare: addresses, licences, signals. Needs "
    "no registry.",
)
@background_option
@click.option(
    "--control",
    metavar="DIR",
    shell_complete=folders,
    help="Registry of items that cannot be in CORPUS, such as later posts: matches with it "
    "measure how many findings may be chance.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write result.json, findings.parquet, report.html and model.parquet to this folder.",
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
    "A gate for another source or verdict is added to the default, forbidden=0%, by which what is "
    "restricted or unknown passes.",
)
@text_column_option
@max_document_option
@chance_option
@click.option(
    "--calibration",
    metavar="FILE",
    shell_complete=files,
    help="File that `provenance calibrate` wrote, to correct the shares with.",
)
@click.option(
    "--signals",
    metavar="PATH",
    shell_complete=folders,
    help="Captured robots.txt, ai.txt, tdmrep.json and rsl.xml, as HOST/YEAR-MONTH-DAY/FILE: "
    "signals against training apply to rows with an address. Or the dataset card, README.md.",
)
@click.option(
    "--withdrawn",
    type=click.Choice(["report", "forbid"]),
    help="Documents that registries say are withdrawn or opted out: report only, which is the "
    "default, or forbid them.",
)
@click.option(
    "--withdrawn-key",
    metavar="FILE",
    shell_complete=files,
    help="Key of `registry remove --keep-fingerprints`: texts that are a withdrawn item are found.",
)
@trust_option
@click.option(
    "--sample",
    metavar="N%",
    help="Check only this part of the documents; shares are estimates for all.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Report of an earlier check: gates count only findings that are not in it, and matches "
    "are scored with its corpus model.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if the policy is violated.")
@click.option(
    "--model-of",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Score matches with the corpus model in the report of an earlier check, instead of with "
    "CORPUS itself, so that text in both is scored alike.",
)
@click.option(
    "--shard",
    metavar="K/N",
    help="Only read the K-th of N shards of CORPUS, and store what is found in --output DIR; "
    "`provenance merge DIR` makes the report.",
)
@split_option
@allow_unread_option
@rules_option
@engine_option
@scheduler_option
@threads_option
@no_cache_option
@verify_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Write to stderr what is opened, what was cached, and the time and memory of each stage.",
)
def command(  # noqa: PLR0913 (one parameter per option)
    corpus: tuple[str, ...],
    registries: tuple[str, ...],
    declared_only: bool,
    backgrounds: tuple[str, ...],
    common_background: bool | None,
    control: str | None,
    output: str | None,
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
    chance: float | None,
    calibration: str | None,
    signals: str | None,
    withdrawn: str | None,
    withdrawn_key: str | None,
    trust: str | None,
    sample: str | None,
    baseline: Path | None,
    exit_zero: bool,
    model_of: Path | None,
    shard: str | None,
    split: str | None,
    allow_unread: int,
    rules: Path | None,
    engine: str,
    scheduler: str | None,
    threads: int | None,
    no_cache: bool,
    verify: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check which share of CORPUS comes from which source, and whether its terms allow the use.

    CORPUS is files, folders or globs (Parquet, JSON Lines, CSV, Arrow, text, compressed too;
    WebDataset, MDS, TFRecord, SQLite, Delta and Iceberg), a folder that the datasets library
    saved, a dataset on a hub, or - for JSON Lines on stdin.

    Exit codes: 0 the policy holds, 1 it is violated, 2 not completed, or not for all of CORPUS.
    """
    arguments = CheckArguments(
        corpus=corpus,
        registries=registries,
        declared_only=declared_only,
        backgrounds=backgrounds,
        common_background=common_background,
        control=control,
        policy=policy,
        purpose=purpose,
        collected=collected,
        actor=actor,
        jurisdiction=jurisdiction,
        commercial=commercial,
        kinds=kinds,
        claims=claims,
        gates=gates,
        text_columns=text_columns,
        max_document=max_document,
        chance=chance,
        calibration=calibration,
        signals=signals,
        withdrawn=withdrawn,
        withdrawn_key=withdrawn_key,
        trust=trust,
        sample=sample,
        baseline=None if baseline is None else str(baseline),
        model_of=None if model_of is None else str(model_of),
        split=split,
        allow_unread=allow_unread,
        rules=None if rules is None else str(rules),
    )
    renderer = ReportRenderer(form, excerpts, anchor)
    running = Running(
        output=output,
        engine=engine,
        scheduler=scheduler,
        threads=threads,
        no_cache=no_cache,
        verify=verify,
        quiet=quiet,
        verbose=verbose,
        exit_zero=exit_zero,
    )
    if shard is not None:
        return run_shard(arguments, shard, running)
    return run_check(arguments, renderer, running)
