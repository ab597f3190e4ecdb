"""`python -m tests.release.bom` prints our bill of materials: CycloneDX 1.6, of what is here."""

import json
import re
import sys
import uuid
from collections.abc import Mapping
from typing import Any

from tests.release.packages import OURS, Package, installed

SPECIFICATION = "1.6"
_SPDX = re.compile(r"[A-Za-z0-9.+-]+")
_NAMES = {"BSD"}
"""Names of licences that are no identifiers of SPDX."""


def bill(packages: Mapping[str, Package]) -> dict[str, Any]:
    """Make the bill: the same packages give the same bill.

    Parameters
    ----------
    packages : mapping of str to Package
        As `installed` gives them.
    """
    own = packages[OURS]
    stated = {
        "metadata": {"component": component(own, "application")},
        "components": [component(one, "library") for one in packages.values() if one != own],
        "dependencies": [
            {"ref": _purl(one), "dependsOn": [_purl(packages[name]) for name in one.needs]}
            for one in packages.values()
        ],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(stated, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        **stated,
    }


def component(one: Package, kind: str) -> dict[str, Any]:
    """Describe a package as CycloneDX does."""
    told: dict[str, Any] = {
        "type": kind,
        "bom-ref": _purl(one),
        "name": one.name,
        "version": one.version,
        "purl": _purl(one),
    }
    if one.summary:
        told["description"] = one.summary
    if one.licence:
        told["licenses"] = [licence(one.licence)]
    if one.address:
        told["externalReferences"] = [{"type": "website", "url": one.address}]
    return told


def licence(stated: str) -> dict[str, Any]:
    """Say a licence as CycloneDX does: an identifier, an expression, or a name."""
    if stated in _NAMES:
        return {"license": {"name": stated}}
    if _SPDX.fullmatch(stated):
        return {"license": {"id": stated}}
    return {"expression": stated}


def _purl(one: Package) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


if __name__ == "__main__":
    json.dump(bill(installed()), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
