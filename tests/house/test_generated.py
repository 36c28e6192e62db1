"""What is generated is what its generator says: `make wire` was run."""

import json

from server import openapi
from server.app import ENDPOINTS, PREFIX, VERSION
from signaling import typescript
from tests.support.tree import ROOT


def test_the_types_of_the_wire_are_those_of_wire_py() -> None:
    assert (ROOT / "static/lib/wire.d.ts").read_text(encoding="utf-8") == typescript.declarations()


def test_the_description_of_the_interface_is_that_of_the_endpoints() -> None:
    kept = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(openapi.document(ENDPOINTS, prefix=PREFIX, version=VERSION)))
