"""Posts, and prose that quotes none of them."""

POSTS = [
    {"id": str(number), "text": text, "created_at": "2023-03-01T00:00:00Z"}
    for number, text in enumerate(
        [
            "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps anymore",
            "the bakery on Linden street sells rye loaves shaped like hedgehogs every Thursday",
            "today I learned that my grandfather lost a game of chess to a lighthouse keeper",
            "our office printer only works if somebody hums the national anthem of Portugal",
        ]
    )
]
PROSE = (
    "The valley lay quiet under its first snow, and the carts stood where the men had left them. "
    "Nobody had come up from the town since the bridge gave way. "
) * 8
