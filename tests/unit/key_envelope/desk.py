"""The passphrase of the tests, and a key file changed by hand."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

PASSPHRASE = "correct kettle battery staple"
Document = dict[str, Any]


def planted(path: Path, change: Callable[[Document], object]) -> None:
    """Change the document and put a fitting checksum on it, as somebody with an editor could."""
    document = json.loads(path.read_bytes())
    change(document)
    document.pop("checksum", None)
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    path.write_text(json.dumps({**document, "checksum": hashlib.sha256(canonical).hexdigest()}))
