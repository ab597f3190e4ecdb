"""A policy with a bit of everything, and policies written to a folder."""

from provenance.read.policy.policy_file import load_policy

WHOLE = """\
[check]
purpose = "fine-tuning"
collected = 2023-06-01
actor = "api-developer"
jurisdiction = "EU"
text_columns = ["text"]
calibration = "calibration.json"
signals = "captures"
registries = ["registries/x"]
backgrounds = ["registries/books"]
[gate]
forbidden = "0%"
"x:restricted.documents" = "5%"
[[agreements]]
source = "reddit"
purposes = ["pretraining"]
from = 2024-02-01
until = 2027-01-30
reference = "contract 17/2024"
[[waivers]]
source = "x"
documents = "faq-*"
reason = "own-content"
statement = "our own account"
approver = {given = "Rosa", family = "Osei", role = "legal"}
expires = 2027-01-31
"""


def written(folder, text, name="provenance.toml"):
    (folder / name).write_text(text, "utf-8")
    return load_policy(None, folder)
