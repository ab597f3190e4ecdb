"""What the registries of the reports made by hand hold, their background and their control."""

from datetime import UTC, date, datetime

from provenance.model.results.control import Control, Rate
from provenance.model.results.coverage import RegistrySummary, SourceCoverage

REGISTRIES = (
    RegistrySummary(
        "registries/social",
        "c1" * 32,
        datetime(2026, 4, 1, 12, 0, tzinfo=UTC),
        812_004,
        (
            SourceCoverage("mastodon", 4, 61, date(2023, 1, 2), date(2023, 1, 9), 0, 1),
            SourceCoverage(
                "reddit",
                212_000,
                7_204_111,
                date(2019, 1, 1),
                date(2023, 3, 31),
                12,
                14_002,
            ),
            SourceCoverage(
                "x",
                600_000,
                8_120_044,
                date(2018, 5, 4),
                date(2023, 6, 30),
                0,
                71_420,
                26_000_000_000,
            ),
        ),
    ),
    RegistrySummary(
        "registries/help",
        "d2" * 32,
        datetime(2026, 4, 2, 12, 0, tzinfo=UTC),
        90_310,
        (
            SourceCoverage("forum.example", 310, 4_410, None, None, 310, 22),
            SourceCoverage(
                "stackexchange",
                90_000,
                9_000_411,
                date(2010, 1, 1),
                date(2024, 3, 31),
                0,
                40,
            ),
        ),
    ),
)
BOOKS = RegistrySummary(
    "registries/books",
    "b5" * 32,
    datetime(2026, 4, 1, 12, 0, tzinfo=UTC),
    3_036,
    (SourceCoverage("books", 3_036, 41_233_020, None, None, 3_036, 0),),
)
CONTROL = Control(
    registry=RegistrySummary(
        "registries/later",
        "c6" * 32,
        datetime(2026, 4, 3, 12, 0, tzinfo=UTC),
        40_000,
        (SourceCoverage("x", 40_000, 512_000, date(2026, 1, 1), date(2026, 3, 31), 0, 4_100),),
    ),
    shared=37,
    outdone=0,
    scale=22.6,
    passages=0,
    documents=0,
    passages_per_million=Rate(0.0, 0.0, 266.9),
    documents_per_million=Rate(0.0, 0.0, 266.9),
    findings=360,
    expected=Rate(0.0, 0.0, 83.4),
    false_discovery=Rate(0.0, 0.0, 0.241),
)
