"""Items with much in common, and pages that quote them."""

import random
from functools import partial
from itertools import pairwise

DAY = 86_400


class World:
    """Items with much in common: phrases, texts, authors, dates; and pages that quote them."""

    def __init__(self, seed):
        self.dice = dice = random.Random(seed)
        vocabulary = [f"{first}{last}" for first in "bcdfghklm" for last in range(90)]
        self.words = partial(dice.choices, vocabulary)
        self.texts = [self.text(dice.randint(3, 40)) for _ in range(260)]
        self.texts += [self.text(160) for _ in range(12)]
        self.phrases = [self.text(9) for _ in range(6)]
        self.rows = [self.row(number) for number in range(700)]

    def text(self, count):
        return " ".join(self.words(k=count))

    def row(self, number):
        dice = self.dice
        text = dice.choice(self.texts)
        if dice.random() < 0.5:
            phrase = self.phrases[min(int(dice.expovariate(0.8)), len(self.phrases) - 1)]
            text = dice.choice((f"{text} {phrase}", f"{phrase} {self.text(2)}"))
        days = dice.choice((None, dice.randrange(20) * DAY, dice.randrange(2000 * DAY)))
        return {
            "source": dice.choice(("x", "x", "x", "reddit")),
            "item": str(number),
            "text": text,
            "created_at": days,
            "author": dice.choice((None, *"abcdefghijklmnopqrstuvwxyzABCDEFGH")),
        }

    def outdated(self, row):
        text = self.dice.choice((f"{row['text']} old", self.dice.choice(self.texts), row["text"]))
        return row | {"text": text, "created_at": self.dice.choice((None, 5 * DAY))}

    def parts(self, count):
        """Deal the rows out to parts; some have had other versions in earlier ones."""
        shuffled = self.dice.sample(self.rows, len(self.rows))
        cuts = [0, *sorted(self.dice.sample(range(1, len(shuffled)), count - 1)), len(shuffled)]
        parts = [shuffled[first:last] for first, last in pairwise(cuts)]
        for number, part in enumerate(parts[:-1]):
            later = [row for other in parts[number + 1 :] for row in other]
            part += [self.outdated(row) for row in self.dice.sample(later, len(later) // 6)]
        return parts

    def pages(self):
        """Write pages of whole texts, of pieces of them, and of words that nobody wrote before."""
        pages = []
        for number in range(160):
            pieces = [self.piece() for _ in range(self.dice.randint(1, 4))]
            pages.append({"id": str(number), "text": ". ".join(pieces)})
        return pages

    def piece(self):
        dice, kind = self.dice, self.dice.random()
        if kind < 0.4:
            return dice.choice(self.rows)["text"]
        if kind < 0.6:
            words = dice.choice(self.rows)["text"].split()
            start = dice.randrange(len(words))
            return " ".join(words[start : start + dice.randint(5, 15)])
        if kind < 0.7:
            words = dice.choice(self.texts[-12:]).split()
            step = dice.randint(30, 90)
            words[::step] = self.words(k=len(words[::step]))
            return " ".join(words)
        return dice.choice(self.phrases) if kind < 0.8 else self.text(10)
