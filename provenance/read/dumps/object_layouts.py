"""Layouts of objects, in JSON or as rows of a table, each recognised by its members."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from provenance.model.content.tables import Items
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.parsers.json_posts import (
    HEAD_BYTES,
    JsonObject,
    ObjectReader,
    first_objects,
    is_array,
)
from provenance.read.dumps.sources import (
    arxiv,
    bluesky,
    chat_exports,
    facebook,
    github,
    hackernews,
    linkedin,
    mastodon,
    papers,
    reddit,
    slack,
    source_code,
    stackexchange,
    weibo,
    wikipedia,
    x_posts,
    youtube,
)
from provenance.read.dumps.sources.post_shapes import post_shapes
from provenance.read.dumps.tables.table_objects import ColumnReader, read_objects_or_rows


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """A layout whose records are objects.

    Parameters
    ----------
    name : str
        As `--layout` names it.
    is_entry : callable
        Returns whether an object is of this layout; for a table, all members are None.
    read_entry : ObjectReader
        Yields the items of an object.
    columns : sequence of str
        Members to read from a table; empty if it is only published as JSON.
    read_columns : ColumnReader or None
        Makes the same items of rows of a table without a loop over them.
    """

    name: str
    is_entry: Callable[[JsonObject], bool]
    read_entry: ObjectReader
    columns: Sequence[str] = ()
    read_columns: ColumnReader | None = None

    def read(self, dump: Dump) -> Iterator[Items]:
        """Read a file of this layout; its objects may be in the list of another object."""
        return read_objects_or_rows(
            dump,
            self.read_entry,
            self.columns,
            self.read_columns,
            unwraps=not self._is_outermost(dump),
        )

    def _is_outermost(self, dump: Dump) -> bool:
        head = dump.file.head(HEAD_BYTES)
        if not is_array(head):
            return True
        return any(self.is_entry(entry) for entry in first_objects(head))


OBJECT_LAYOUTS = (
    ObjectLayout("weibo", weibo.is_post, weibo.read_post, weibo.COLUMNS),
    ObjectLayout("youtube", youtube.is_entry, youtube.read_entry, youtube.COLUMNS),
    ObjectLayout(
        "telegram-api",
        chat_exports.is_telegram_message,
        chat_exports.read_telegram_message,
        chat_exports.TELEGRAM_COLUMNS,
    ),
    ObjectLayout(
        "discord-package",
        chat_exports.is_discord_message,
        chat_exports.read_discord_message,
        chat_exports.DISCORD_COLUMNS,
    ),
    ObjectLayout(
        "linkedin",
        linkedin.is_entry,
        linkedin.read_entry,
        linkedin.COLUMNS,
        linkedin.read_columns,
    ),
    ObjectLayout("x-gnip", x_posts.is_activity, x_posts.read_activity),
    ObjectLayout(
        "x-collected", x_posts.is_collected, x_posts.read_collected, x_posts.COLLECTED_COLUMNS
    ),
    ObjectLayout("x-api-v2", x_posts.is_v2, x_posts.read_v2),
    ObjectLayout("x-api", x_posts.is_v1, x_posts.read_v1),
    ObjectLayout("x-graphql", x_posts.is_response, x_posts.read_response),
    ObjectLayout("reddit", reddit.is_post, reddit.read_post, reddit.COLUMNS),
    ObjectLayout(
        "hackernews",
        hackernews.is_item,
        hackernews.read_item,
        hackernews.COLUMNS,
        hackernews.read_columns,
    ),
    ObjectLayout("arxiv", arxiv.is_paper, arxiv.read_paper, arxiv.COLUMNS),
    ObjectLayout(
        "the-stack",
        source_code.is_file_or_repository,
        source_code.read_file_or_repository,
        source_code.COLUMNS,
        source_code.read_columns,
    ),
    ObjectLayout("bluesky", bluesky.is_event, bluesky.read_event, bluesky.COLUMNS),
    ObjectLayout("wikimedia", wikipedia.is_enterprise, wikipedia.read_enterprise),
    ObjectLayout("cirrussearch", wikipedia.is_search_page, wikipedia.read_search_page),
    ObjectLayout("slack", slack.is_message, slack.read_message),
    ObjectLayout("facebook", facebook.is_entry, facebook.read_entry),
    ObjectLayout("openalex", papers.is_work, papers.read_work),
    ObjectLayout("crossref", papers.is_crossref, papers.read_crossref),
    ObjectLayout("stackexchange-api", stackexchange.is_api_post, stackexchange.read_api_post),
    ObjectLayout("github-events", github.is_event, github.read_event),
    ObjectLayout("pmc-metadata", papers.is_metadata, papers.read_metadata),
    ObjectLayout("mastodon-api", mastodon.is_status, mastodon.read_status),
    *(ObjectLayout(shape.name, shape.is_entry, shape.read_entry) for shape in post_shapes()),
)
"""In the order in which they are tried."""
