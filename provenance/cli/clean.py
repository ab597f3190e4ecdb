"""`provenance clean`."""

from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.completions import files
from provenance.cli.options import (
    actor_option,
    allow_unread_option,
    background_option,
    collected_option,
    max_document_option,
    no_cache_option,
    policy_option,
    purpose_option,
    registry_option,
    rules_option,
    settings_of,
    text_column_option,
    threads_option,
)
from provenance.cli.terminals import draw, echo, pen
from provenance.cli.unread import unread_code
from provenance.errors import PolicyError
from provenance.model import Cleaning, Verdict

_EXAMPLES = """
\b
Examples:
  provenance clean data --registry registries/x -o data-clean
  provenance clean data --result report -o data-clean
  provenance clean data --result report -o data-clean --redact '[removed]'
"""


@click.command("clean", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True, shell_complete=files)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the cleaned corpus; absent or empty.",
)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice([str(verdict) for verdict in Verdict if verdict is not Verdict.PERMITTED]),
    metavar="VERDICT",
    help="Take this out, too: unknown, restricted; repeatable. What is forbidden always goes.",
)
@click.option(
    "--redact",
    metavar="TEXT",
    help="Put TEXT in place of each passage, and keep the rest of the document; '' puts nothing "
    "there. Unset: whole documents go.",
)
@click.option("--waived", is_flag=True, help="Take out, too, what a waiver excuses.")
@click.option("--contested", is_flag=True, help="Take out, too, what is contested.")
@click.option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="RESULT",
    help="Act on the report of an earlier check of the same corpus, by its policy, in place of a "
    "check.",
)
@registry_option
@background_option
@policy_option
@purpose_option
@collected_option
@actor_option
@text_column_option
@max_document_option
@click.option(
    "--model-of",
    type=click.Path(path_type=Path),
    metavar="RESULT",
    help="Weigh matches by the model of an earlier check's corpus, as for check.",
)
@allow_unread_option
@rules_option
@threads_option
@no_cache_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
def command(  # noqa: PLR0913 (one parameter an option: that is what a command is)
    corpus: tuple[str, ...],
    output: Path,
    verdicts: tuple[str, ...],
    redact: str | None,
    waived: bool,
    contested: bool,
    result: Path | None,
    registries: tuple[str, ...],
    backgrounds: tuple[str, ...],
    policy: str | None,
    purpose: str | None,
    collected: str | None,
    actor: str | None,
    text_columns: tuple[str, ...],
    max_document: str | None,
    model_of: Path | None,
    allow_unread: int,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    quiet: bool,
) -> int:
    """Write CORPUS again without its forbidden documents, and a receipt of what went.

    Format, columns, order, compression and metadata stay; files of which nothing goes are copied
    byte for byte. CORPUS itself is not touched. What is written is checked again, weighed by the
    words of CORPUS and by its own, until nothing more is to be taken out.
    """
    options = {
        "purpose": purpose,
        "collected": collected,
        "actor": actor,
        "text_columns": text_columns,
        "max_document": max_document,
        "registries": registries,
        "backgrounds": backgrounds,
    }
    if result is None:
        asked = pipeline.policy_of(policy, **options)  # type: ignore[arg-type]
    elif policy or model_of or any(options.values()):
        raise PolicyError(
            "--result brings its own policy, registries and model",
            remedy="leave the other options of the check out, or leave --result out",
        )
    else:
        asked = pipeline.earlier_policy(result)
    settings = settings_of(threads, no_cache=no_cache, quiet=quiet, rules=rules, model_of=model_of)
    chosen = tuple(v for v in Verdict if v is Verdict.FORBIDDEN or str(v) in verdicts)
    cleaning = Cleaning(chosen, redact, waived=waived, contested=contested)
    receipt = pipeline.clean(corpus, output, asked, cleaning, settings, result)
    if not quiet:
        draw(pipeline.told_receipt(receipt, pen()))
        echo("", f"Receipt: {output / '.provenance' / 'receipt.json'}")
    return unread_code(
        receipt.unread,
        allow_unread,
        "it is not in the cleaned corpus",
        "remove the output before you clean again",
    )
