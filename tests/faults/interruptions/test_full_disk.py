"""A dataset from standard input is kept on disk while it is checked: what if there is no room."""

import subprocess
import sys

SCRIPT = """
import resource
import sys
import numpy as np
import pyarrow as pa
from provenance.errors import OutputError
from provenance.model.content.tables import DOCUMENTS
from provenance.pipeline.execution.batch_spool import BatchSpool
texts = [np.random.default_rng(n).bytes(40_000).hex() for n in range(20)]
columns = [pa.array(texts, field.type) if field.name == "text" else pa.nulls(20, field.type)
           for field in DOCUMENTS]
spool = BatchSpool(DOCUMENTS, "zstd")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    spool.append(pa.record_batch(columns, schema=DOCUMENTS))
    spool.seal()
except OutputError as error:
    sys.stdout.write(f"{error.message}|{error.remedy}")
"""


def test_a_full_disk_is_an_error_that_names_the_folder(tmp_path):
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        # Bytecode that is cut short would stay.
        env={"TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    message, _, remedy = made.stdout.partition("|")
    assert f"the temporary files in {tmp_path} cannot be used: File too large" in message
    assert "TMPDIR" in remedy
    assert list(tmp_path.iterdir()) == []
