"""`provenance clean`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import files, folders
from provenance.cli.options.shared_options import (
    actor_option,
    allow_unread_option,
    background_option,
    chance_option,
    collected_option,
    make_settings,
    max_document_option,
    no_cache_option,
    policy_option,
    purpose_option,
    registry_option,
    rules_option,
    text_column_option,
    threads_option,
    verify_option,
)
from provenance.cli.terminal_output import echo, print_rendered, terminal_style
from provenance.cli.unread_errors import unread_code, wordless_code
from provenance.errors import PolicyError
from provenance.model.records.receipt import Cleaning
from provenance.model.rules.terms import Verdict
from provenance.report.terminal.clean_summary import receipt_text
from provenance.startup import lean_imports

_EXAMPLES = """
\b
Examples:
  provenance clean data --registry registries/x -o data-clean
  provenance clean data --result report -o data-clean
  provenance clean data --result report -o data-clean --redact '[removed]'
  provenance clean data --forget-set forget -o data-clean
"""


@click.command("clean", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIR",
    shell_complete=folders,
    help="Folder for the cleaned corpus, or an address (s3://...); must be absent or empty. For an "
    "address, the copy is first written to TMPDIR.",
)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice([str(verdict) for verdict in Verdict if verdict is not Verdict.PERMITTED]),
    metavar="VERDICT",
    help="Also remove this: unknown, restricted; repeatable. Forbidden content is always removed.",
)
@click.option(
    "--redact",
    metavar="TEXT",
    help="Replace each passage with TEXT and keep the rest of the document; '' deletes the "
    "passage. Unset: whole documents are removed.",
)
@click.option(
    "--forget-set",
    type=click.Path(path_type=Path),
    metavar="DIR",
    shell_complete=folders,
    help="Remove what this folder of `provenance audit --forget-set` lists, and nothing else, "
    "whatever its verdict. The dataset must be one that was audited, unchanged. No registry is "
    "needed; with one, further copies of the same items are removed, too.",
)
@click.option("--waived", is_flag=True, help="Also remove waived content.")
@click.option("--contested", is_flag=True, help="Also remove contested content.")
@click.option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Use the report of an earlier check of the same corpus, with its policy, instead of "
    "checking the corpus now.",
)
@registry_option
@background_option
@policy_option
@purpose_option
@collected_option
@actor_option
@text_column_option
@max_document_option
@chance_option
@click.option(
    "--model-of",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="Score matches with the corpus model of an earlier check, as in `provenance check`.",
)
@allow_unread_option
@rules_option
@threads_option
@no_cache_option
@verify_option
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def command(  # noqa: PLR0913 (one parameter per option)
    corpus: tuple[str, ...],
    output: str,
    verdicts: tuple[str, ...],
    redact: str | None,
    forget_set: Path | None,
    waived: bool,
    contested: bool,
    result: Path | None,
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    common_background: bool | None,
    policy: str | None,
    purpose: str | None,
    collected: str | None,
    actor: str | None,
    text_columns: tuple[str, ...],
    max_document: str | None,
    chance: float | None,
    model_of: Path | None,
    allow_unread: int,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    verify: bool,
    quiet: bool,
) -> int:
    """Write a copy of CORPUS without its forbidden documents, and a receipt of what was removed.

    Format, columns, order, compression and metadata are kept; files without removals are copied
    byte for byte. CORPUS itself is not changed. The copy is checked again, scored with the model of
    CORPUS and with its own, until nothing more is to be removed.
    """
    if forget_set is not None and (verdicts or waived or contested):
        raise click.UsageError("--forget-set says what is removed: leave out --verdict, ...")
    forget = None if forget_set is None else pipeline.read_forget_set(forget_set)
    options = {
        "purpose": purpose,
        "collected": collected,
        "actor": actor,
        "text_columns": text_columns,
        "max_document": max_document,
        "chance": chance,
        "registries": registries,
        "backgrounds": backgrounds,
        "common_background": common_background,
    }
    if result is None:
        resolved_policy = pipeline.effective_policy(policy, **options)  # type: ignore[arg-type]
        if forget is not None and not resolved_policy.registries:
            options["registries"] = (pipeline.empty_registry(),)  # the set says what is removed
            resolved_policy = pipeline.effective_policy(policy, **options)  # type: ignore[arg-type]
    elif policy or model_of or any(options.values()):
        raise PolicyError(
            "--result already has a policy, registries and a model",
            remedy="leave out the other options of the check, or leave out --result",
        )
    else:
        with lean_imports():
            from provenance.report.files.report_reader import read_report  # noqa: PLC0415 (slow import)
        resolved_policy = read_report(result).result.policy
    ledger = pipeline.ledger_of_policy(policy)
    if verify:
        pipeline.forget_registries(resolved_policy)
    settings = make_settings(
        threads, no_cache=no_cache, quiet=quiet, rules=rules, model_of=model_of
    )
    removed_verdicts = tuple(v for v in Verdict if v is Verdict.FORBIDDEN or str(v) in verdicts)
    cleaning = Cleaning(removed_verdicts, redact, waived=waived, contested=contested)
    place = pipeline.path_or_address(output)
    receipt = pipeline.clean(corpus, place, resolved_policy, cleaning, settings, result, forget)
    if ledger is not None:
        pipeline.record_cleaning(ledger, receipt, place)
    if not quiet:
        print_rendered(receipt_text(receipt, terminal_style()))
        echo("", f"Receipt: {output.rstrip('/')}/.provenance/receipt.json")
    code = unread_code(
        receipt.unread,
        allow_unread,
        "the cleaned corpus is incomplete",
        "remove the output before you run clean again",
    )
    return code or wordless_code(receipt.wordless, allow_unread - len(receipt.unread))
