"""Special cases of normalisation 3, each with the plain words that it must equal."""

# Letters that look like others are what this is about.
# ruff: noqa: RUF001

import unicodedata

import pytest

from tests.fingerprint.oracles import (
    ascii_words,
    hashes_of,
    spans_of,
    unicode_words,
    weight_of,
)

REFERENCES = {
    "Tom &amp; Jerry": "tom jerry",
    "AT&T": "at t",
    "caf&eacute;": "cafe",
    "&Eacute;cole &OElig;uvre": "ecole oeuvre",
    "don&#39;t": "dont",
    "don&#x27;t": "dont",
    "don&#X27;t": "dont",
    "don&rsquo;t": "dont",
    "don&apos;t": "dont",
    "don&amp;#39;t": "dont",
    "don&amp;amp;#39;t": "dont",
    "1 &lt; 2 &gt; 0": "1 2 0",
    "a &amp;lt;b&amp;gt; c": "a b c",
    "a &amp;amp;lt; b": "a b",
    "fish & amp ; chips": "fish chips",
    "fish &amp ; chips": "fish chips",
    "fish & amp ; lt ; chips": "fish chips",
    "fish & # 39 ; chips": "fish chips",
    "a&nbsp;b&hellip;c": "a b c",
    "soft&shy;ware": "software",
    "&#65;&#x62;c": "abc",
    "x&#128512;y": "x y",
    "a & b": "a b",
    "a && b &": "a b",
    "a &nosuchname; b": "a nosuchname b",
    "a &amp b": "a amp b",
    "a &;b &#;c &#x;d": "a b c x d",
    "a &#0; b &#x110000; c": "a 0 b x110000 c",
    "a &#99999999999; b": "a 99999999999 b",
    "&": "",
    "&amp": "amp",
    "&amp;": "",
}
LINKS = {
    "see https://t.co/AbC now": "see now",
    "see http://example.com/a?b=c&d=e#f now": "see now",
    "HTTPS://EXAMPLE.COM/X now": "now",
    "see www.example.com/x now": "see now",
    "see pic.twitter.com/abc123 now": "see now",
    "(https://a.example/b) now": "now",
    'the "https://a.example/b" now': "the now",
    '<a href="https://a.example/b">here</a>': "a href here a",
    "line https://a.example/b\r\nnext": "line next",
    "see https : / / t . co / AbC now": "see now",
    "see http : //t.co/AbC now": "see now",
    "end https : / / t . co / AbC . Then": "end then",
    "end https : / / a . example / b / then": "end",
    "see http now": "see now",
    "see https now": "see now",
    "see HTTPURL now": "see now",
    "see <url> now": "see now",
    "see [URL] now": "see now",
    "see <user> now": "see now",
    "see < url > now": "see now",
    "see [ URL ] now": "see now",
    "see &lt;url&gt; now": "see now",
    "see &amp;lt;user&amp;gt; now": "see now",
    "see & lt ; url & gt ; now": "see now",
    "see &#60;url&#62; now": "see now",
    "see &gt;url&lt; now": "see url now",
    "see <url now": "see url now",
    "see https:\\/\\/t.co\\/AbC now": "see now",
    "see https://a.example/b\\nand now": "see and now",
    "see https://a.example/b\\_c now": "see now",
    'see \\"https://a.example/b\\" now': "see now",
    "see &quot;https://a.example/b&quot;&gt;now": "see now",
    "see https://a.example/b?c=d&amp;e=f now": "see now",
    "see https:&#x2F;&#x2F;a.example&#x2F;b now": "see now",
    "see https://a.example/b&nbsp;now": "see now",
    "see https://a.example/b&hellip;now": "see now",
    "the url of the user": "the url of the user",
    "url": "url",
    "a pic of www": "a pic of www",
    "pic.example": "pic example",
    "httpx is a library": "httpx is a library",
    "https": "",
    "http:": "",
    "http://": "",
    "www.": "",
}
MENTIONS = {
    "@user hi": "hi",
    "@ user hi": "hi",
    "@name@host.example hi": "hi",
    "@name@host-2.example, hi": "hi",
    "\uff20name hi": "hi",
    "\ufe6bname hi": "hi",
    ".@name hi": "hi",
    "hi @a_b1! you": "hi you",
    "@Ünïcode hi": "hi",
    "hi @": "hi",
    "@ ! hi": "hi",
    "@@ hi": "",
    "@name's dog": "s dog",
    "@name’s dog": "s dog",
    "@name&#39;s dog": "s dog",
    "ab@user cd": "ab cd",
    "@user你": "你",
    "@userпривет": "привет",
    "@Zoë hi": "hi",
    "@Zoe\u0308 hi": "hi",
    "@你好 hi": "hi",
    "@ 你": "你",
    "@a\\_b hi": "hi",
    "&#64;user hi": "hi",
    "\\u0040user hi": "hi",
}
REPOSTS = {
    "RT @name: hello": "hello",
    "RT @ name : hello": "hello",
    "RT hello": "hello",
    "rt @name hello": "hello",
    '"RT @name: hello"': "hello",
    "rt hello": "rt hello",
    "hello RT @name there": "hello there",
    "hello RT there": "hello rt there",
    "RT": "",
    "rt": "rt",
    "art": "art",
}
APOSTROPHES = {
    **{f"don{sign}t": "dont" for sign in "'\u2018\u2019\u201b\u02bc\u02b9\uff07"},
    "do n't": "dont",
    "do n’t": "dont",
    "do N'T": "dont",
    "do n&#39;t": "dont",
    "do n&rsquo;t": "dont",
    "don 't": "dont",
    "don ' t": "dont",
    "don ’ t": "dont",
    "don &#39; t": "dont",
    "don & #39 ; t": "dont",
    "It 's we 'll they 're I 'd I 'm I 've": "its well theyre id im ive",
    "it &#x27;s": "its",
    "'tis the dogs' day": "tis the dogs day",
    "say 'so' now": "say so now",
    "the 'test'": "the test",
    "ca n't": "cant",
    "the nt file": "the nt file",
    "'s": "s",
    "n't": "nt",
    "rock 'n' roll": "rock n roll",
    "it 'sé": "it se",
    "it 's&eacute;": "it se",
    "it 's\\u00e9": "it se",
    "it 's\\nnow": "its now",
    "don\\'t": "dont",
    "don\\u2019t": "dont",
    "do n\\u2019t": "dont",
    "it \\u2019s": "its",
}
ESCAPES = {
    r"one\ntwo\tthree\r\nfour": "one two three four",
    r"one\\ntwo \\\\n three": "one two three",
    r"caf\u00e9 \u00c9cole": "cafe ecole",
    r"caf\\u00e9": "cafe",
    r"say \"hello\" now": "say hello now",
    r"wow \ud83d\ude02 yes": "wow yes",
    r"\ud835\udc00b \ud835\\udc00": "ab a",
    r"a\ud83d b\ude02c": "a b c",
    r"fish \u0026amp; chips": "fish chips",
    r"\u003curl\u003e": "url",
    r"path\users\u12 d": "path users u12 d",
    r"C:\dir \d+ \u12g4": "c dir d u12g4",
    r"a\\b \ c \\": "a b c",
    "a\\": "a",
}
LETTERS = {
    "Café": "cafe",
    "Cafe\u0301": "cafe",
    "STRASSE": "strasse",
    "Straße": "strasse",
    "ＦＵＬＬ　ｗｉｄｔｈ　１２": "full width 12",
    "ﬁne eﬃcient": "fine efficient",
    "İstanbul ISPARTA ısparta": "istanbul isparta isparta",
    "Việt Nam": "viet nam",
    "#Hash_Tag": "hash tag",
    "x² ½": "x2 12",
    "𝐁𝐨𝐥𝐝 𝓈𝒸𝓇𝒾𝓅𝓉": "bold script",
    "1,234.5": "1 234 5",
    "snake_case kebab-case": "snake case kebab case",
    "soft\u00adware": "software",
    "zero\u200bwidth no\ufeffbreak": "zerowidth nobreak",
    "bi\u202adi\u202c \u2067marks\u2069": "bidi marks",
    "one\r\ntwo\rthree\n\nfour\tfive": "one two three four five",
    "nul\0byte": "nul byte",
    "a👩\u200d👩\u200d👧b ❤\ufe0f c": "a b c",
    "key 1\ufe0f\u20e3 cap": "key 1 cap",
    "٠١٢ १२३ １２": "012 123 12",
    "Đặng Łódź Øre Þór": "dang lodz ore thor",
    "one\u2028two\u3000three\u00a0four": "one two three four",
    "…so—called “quotes”!": "so called quotes",
}
SAME = {
    "Greek: final sigma, accents": ("ΟΔΥΣΣΕΎΣ Οδυσσεύς", "οδυσσευς ΟΔΥΣΣΕΥΣ"),
    "Greek: iota subscript": ("ᾳδης", "α\u0345δησ"),
    "Cyrillic: marks": ("Ёлка Йод", "ЕЛКА ИОД"),
    "Arabic: vowel marks": ("مَرْحَبًا", "مرحبا"),
    "Arabic: tatweel": ("مـــرحبا", "مرحبا"),
    "Arabic: forms of alef": ("أحمد إلى آخر ٱلكتاب", "احمد الى اخر الكتاب"),
    "Arabic: yeh, kaf and teh marbuta": ("على مدرسة کتاب", "علي مدرسه كتاب"),
    "Hebrew: points": ("שָׁלוֹם", "שלום"),
    "Korean: composed or not": ("한국어", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165"),
    "Hindi: nukta": ("क़लम", "क\u093cलम"),
    "Kana: half and full width": ("ｶﾞｲﾄﾞ", "ガイド"),
    "Kana: voiced marks": ("か\u3099", "が"),
    "Han: compatibility and variants": ("\uf900葛\U000e0100", "豈葛"),
    "Han: compatibility beyond the BMP": ("\U0002f801\U0002f804", "\u4e38\u4f60"),
    "Han: compatibility to beyond the BMP": ("\U0002f803", "\U00020122"),
    "Han: radicals": ("\u2f00\u2fd5\u2e9f", "\u4e00\u9fa0\u6bcd"),
    "Ligature of many words": ("ﷺ", "صلىاللهعليهوسلم"),
}
EVERY = {**REFERENCES, **LINKS, **MENTIONS, **REPOSTS, **APOSTROPHES, **ESCAPES, **LETTERS}


@pytest.mark.parametrize(("text", "plain"), EVERY.items(), ids=map(ascii, EVERY))
def test_a_text_has_the_tokens_of_its_plain_words(text, plain):
    assert hashes_of(text) == [word.hash for word in ascii_words_of(plain)]


ANYWHERE = {text: plain for text, plain in EVERY.items() if text not in REPOSTS}


@pytest.mark.parametrize(("text", "plain"), ANYWHERE.items(), ids=map(ascii, ANYWHERE))
def test_what_stands_before_and_behind_changes_nothing(text, plain):
    words = [word.hash for word in ascii_words_of(f"qq {plain} qq")]
    assert hashes_of(f"qq, {text} , qq") == words


def ascii_words_of(plain):
    """Give the words of the table: ASCII, but for a few letters that have no other form."""
    return [
        word
        for part in plain.split()
        for word in (ascii_words(part) if part.isascii() else unicode_words(part))
    ]


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_scripts_have_one_form(left, right):
    assert hashes_of(left) == hashes_of(right)
    assert len(hashes_of(left)) >= 1


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("東京 Tokyo 東", [2, 2, 4, 2]),
        ("看https://t.example/x看", [2, 2]),
        ("ひらがなカタカナー々〇", [2] * 11),
        ("ภาษาไทย", [2] * 7),
        ("ที่นี่", [2, 2]),  # ที่ and นี่, with their signs
        ("ປີ ໒໕໖໖", [2, 4]),  # digits make a number in any script
        ("ພາສາລາວ", [2] * 7),
        ("မြန်မာ", [2, 2, 2]),  # မြ, န်, မာ
        ("ភាសាខ្មែរ", [2] * 5),
        ("한국어 텍스트", [4, 4]),
        ("हिन्दी में", [4, 4]),
        ("الكلمات العربية", [4, 4]),
        ("𠀀𠀁", [2, 2]),
        ("a東b", [4, 2, 4]),
        ("東。京、", [2, 2]),
    ],
)
def test_a_character_of_an_unspaced_script_weighs_half_a_word(text, weights):
    assert [weight_of(token) for token in hashes_of(text)] == weights


@pytest.mark.parametrize("name", ["MYANMAR", "KHMER", "THAI", "LAO", "JAVANESE"])
def test_signs_of_vowels_and_tones_tell_tokens_apart_in_whatever_order(name):
    marks = [
        mark
        for mark in map(chr, range(0xE00, 0xB000))
        if unicodedata.category(mark)[0] == "M" and unicodedata.name(mark).startswith(name)
    ]
    letter = unicodedata.lookup(f"{name} {_FIRST_LETTERS[name]}")
    alone = [hashes_of(letter + mark) for mark in marks if mark not in "\u0e4d\u0ecd"]
    assert len(alone) > 10
    assert len({*map(tuple, alone), tuple(hashes_of(letter))}) == len(alone) + 1
    first, second = marks[:2]
    assert hashes_of(letter + first + second) == hashes_of(letter + second + first)
    assert spans_of(f"{letter}{first}{second} {letter}") == [(0, 9), (10, 13)]


_FIRST_LETTERS = {
    **dict.fromkeys(("MYANMAR", "KHMER", "JAVANESE"), "LETTER KA"),
    "THAI": "CHARACTER KO KAI",
    "LAO": "LETTER KO",
}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cat", "cats"),
        ("東京", "京東"),
        ("हिन्दी", "हन्द"),
        ("한국", "한글"),
        ("a b", "ab"),
        ("12", "1 2"),
    ],
)
def test_other_texts_have_other_tokens(left, right):
    assert hashes_of(left) != hashes_of(right)
