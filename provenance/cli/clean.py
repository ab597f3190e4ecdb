"""`provenance clean`."""

from dataclasses import replace
from pathlib import Path

import click

from provenance import run
from provenance.cli.terminals import is_coloured, width
from provenance.errors import PolicyError
from provenance.model import Actor, Cleaning, Purpose, Verdict

_EXAMPLES = """
\b
Examples:
  provenance clean data --registry registries/x -o data-clean
  provenance clean data --result report -o data-clean
  provenance clean data --result report -o data-clean --redact '[removed]'
"""


@click.command("clean", epilog=_EXAMPLES)
@click.argument("corpus", nargs=-1, required=True)
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
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="DIR",
    help="What to match against; repeatable.",
)
@click.option(
    "--background",
    "backgrounds",
    multiple=True,
    metavar="DIR",
    help="A registry of what many quote; repeatable.",
)
@click.option("--policy", metavar="FILE", help="Default: provenance.toml, or pyproject.toml.")
@click.option(
    "--purpose",
    type=click.Choice([str(purpose) for purpose in Purpose]),
    metavar="USE",
    help=f"One of {', '.join(Purpose)}.  [default: pretraining]",
)
@click.option("--collected", metavar="DATE", help="When the content was collected, as for check.")
@click.option(
    "--actor",
    type=click.Choice([str(actor) for actor in Actor]),
    metavar="ROLE",
    help=f"Who collected it: {', '.join(Actor)}. Unset: the strictest counts.",
)
@click.option(
    "--text-column",
    "text_columns",
    multiple=True,
    metavar="NAME",
    help="Where the text is; repeatable. Unset: found by itself.",
)
@click.option(
    "--model-of",
    type=click.Path(path_type=Path),
    metavar="RESULT",
    help="Weigh matches by the model of an earlier check's corpus, as for check.",
)
@click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Rule files in place of the shipped ones.",
)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Unset: one a core.")
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing.")
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
    model_of: Path | None,
    rules: Path | None,
    threads: int | None,
    no_cache: bool,
    quiet: bool,
) -> None:
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
        "registries": registries,
        "backgrounds": backgrounds,
    }
    if result is None:
        asked = run.policy_of(policy, **options)  # type: ignore[arg-type]
    elif policy or model_of or any(options.values()):
        raise PolicyError(
            "--result brings its own policy, registries and model",
            remedy="leave the other options of the check out, or leave --result out",
        )
    else:
        asked = run.earlier_policy(result)
    settings = run.Settings(
        quiet=quiet,
        rules=rules,
        cache=None if no_cache else run.memory_folder(),
        model_of=model_of,
    )
    if threads is not None:
        settings = replace(settings, threads=threads)
    chosen = tuple(v for v in Verdict if v is Verdict.FORBIDDEN or str(v) in verdicts)
    cleaning = Cleaning(chosen, redact, waived=waived, contested=contested)
    receipt = run.clean(corpus, output, asked, cleaning, settings, result)
    if not quiet:
        pen = run.pen_of(width=width(), colour=is_coloured())
        click.echo(run.told_receipt(receipt, pen), nl=False, color=True)
        click.echo(f"\nReceipt: {output / '.provenance' / 'receipt.json'}")
