"""calibration.json, spoilt; what is written and read back is seen where reports are tested."""

import pytest

from provenance.errors import InputError
from provenance.read.policy import calibration_file
from provenance.read.policy.calibration_file import load_calibration
from provenance.read.policy.validation import UncheckedValue


@pytest.mark.parametrize("content", ["", "[" * 100_000, "[]", '{"schema": NaN}', "\ufeff{}"])
def test_what_is_no_calibration_is_to_be_made_again(tmp_path, content):
    path = tmp_path / "calibration.json"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"calibration\.json") as caught:
        load_calibration(path)
    assert caught.value.remedy


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, "1", None])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InputError, match=r"threshold: .* is not a number"):
        calibration_file._number(UncheckedValue(value, "calibration.json", "threshold", InputError))
