"""The standard library's CSV parser, without its limit on the length of a field.

The limit belongs to the module: lifting that of `csv` would lift it for the whole process. So the
parser is loaded a second time; documents have a limit of their own.
"""

import _csv
import importlib.util
import sys
from typing import Any


def _load() -> Any:
    spec = importlib.util.find_spec(_csv.__name__)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{_csv.__name__} cannot be loaded again", name=_csv.__name__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_parser = _load()
_parser.field_size_limit(sys.maxsize)

Error: type[Exception] = _parser.Error
reader = _parser.reader
field_size_limit = _parser.field_size_limit
