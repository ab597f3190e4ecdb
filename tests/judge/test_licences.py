"""Licences are found by whatever name people declare them."""

import pytest

from provenance.judge.identifiers import Licences
from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from tests.judge.single_rulings import judge_content


@pytest.mark.parametrize(
    ("declared", "licence"),
    [
        ("CC-BY-4.0", "cc-by-4.0"),
        ("cc-by-4.0", "cc-by-4.0"),
        ("CC BY 4.0", "cc-by-4.0"),
        ("cc_by_4.0", "cc-by-4.0"),
        ("by-4.0", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("http://www.creativecommons.org/licenses/by/4.0", "cc-by-4.0"),
        ("//creativecommons.org/licenses/by/4.0/legalcode", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/deed.de", "cc-by-nc-sa-3.0"),
        ("CC BY-SA 2.5", "cc-by-sa-2.5"),
        ("Creative Commons Attribution license (reuse allowed)", "cc-by-3.0"),
        ("creativeCommon", "cc-by-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("MIT", "mit"),
        ("Apache License 2.0", "apache-2.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "apache-2.0"),
        ("New BSD License", "bsd-3-clause"),
        ("https://opensource.org/licenses/BSD-2-Clause", "bsd-2-clause"),
        ("GPL-2.0-or-later", "gpl-2.0"),
        ("LGPL-2.1+", "lgpl-2.1"),
        ("https://www.gnu.org/licenses/old-licenses/gpl-2.0.html", "gpl-2.0"),
        ("https://www.mozilla.org/en-US/MPL/2.0/", "mpl-2.0"),
        ("Public Domain", "public-domain"),
        ("NONE", "all-rights-reserved"),
    ],
)
def test_a_licence_is_found_in_any_spelling(shipped, declared, licence):
    assert judge_content(declared, None, None, Circumstances(), shipped).subject == licence


@pytest.mark.parametrize("declared", ["CC", "CC-BY-5.0", "MIT or similar", "cc-by-4.0-jp"])
def test_a_licence_is_not_guessed(shipped, declared):
    assert judge_content(declared, None, None, Circumstances(), shipped).basis == "no-rule"


def test_a_declared_text_that_no_rule_knows_is_cut_to_a_hundred_characters(shipped):
    licences = Licences(shipped)
    assert licences.id_of(" Odd 1.0 ") == "Odd 1.0"
    assert licences.id_of("All rights reserved, " * 40) == (
        f"{('All rights reserved, ' * 40)[:99]}…"
    )


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("mit, apache-2.0", "MIT, Apache-2.0"),
        ("( MIT )", "mit"),
        ("mit OR (isc AND GPL-3.0-only)", "MIT OR (ISC AND GPL-3.0-only)"),
        ("MIT or similar", "MIT or similar"),
    ],
)
def test_an_expression_has_one_name_however_it_is_spelt(shipped, declared, name):
    assert Licences(shipped).id_of(declared) == name
    of_name = Judge(shipped, Circumstances()).rule(name, licence=declared)
    assert of_name.ruling.subject == name
