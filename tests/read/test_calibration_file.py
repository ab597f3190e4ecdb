"""calibration.json, spoilt; what is written and read back is seen where reports are tested."""

import pytest

from provenance.errors import InputError
from provenance.read.policy.calibration_file import load_calibration


@pytest.mark.parametrize("content", ["", "[" * 100_000, "[]", '{"schema": NaN}', "\ufeff{}"])
def test_what_is_no_calibration_is_to_be_made_again(tmp_path, content):
    path = tmp_path / "calibration.json"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"calibration\.json") as caught:
        load_calibration(path)
    assert caught.value.remedy
