"""Pages of our own making: English prose from a small grammar, of which everything is frequent."""

from random import Random

from tests.detection.posts import lines_of

_SHAPES = (
    "{time} {person} {deed} {thing} near {place}, and {person2} {deed2} {thing2}.",
    "{person} {deed} {thing}; it was {quality}, though nobody at {place} had said so.",
    "At {place}, {thing} was {quality}, which {person} {deed} {thing2} to prove.",
    "Whether {person} {deed} {thing} or {person2} {deed2} it {time} remains {quality} to this day.",
    "{thing} stood beside {thing2} at {place} until {person} {deed} them {time}.",
    "{person}, who {deed} {thing} {time}, found {place} {quality} and {quality2}.",
)
_CHOICES = {
    name: choices.split(", ") for name, choices in (line.split(": ") for line in lines_of("prose"))
}


class Prose:
    """Writes pages, always the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def sentence(self) -> str:
        """Write a sentence of some twenty words."""
        picked = {
            f"{name}{number}": self._random.choice(choices)
            for name, choices in _CHOICES.items()
            for number in ("", "2")
        }
        text = self._random.choice(_SHAPES).format(**picked)
        return text[0].upper() + text[1:]

    def paragraph(self, sentences: int = 4) -> str:
        """Write a paragraph."""
        return " ".join(self.sentence() for _ in range(sentences))

    def page(self, paragraphs: int = 3) -> str:
        """Write a page."""
        return "\n\n".join(self.paragraph() for _ in range(paragraphs))

    def around(self, text: str) -> tuple[str, int]:
        """Put a text between two paragraphs: the page, and where the text begins in it."""
        before = self.paragraph() + "\n\n"
        return f"{before}{text}\n\n{self.paragraph()}", len(before)
