"""Parts of the window that are loaded when they are first needed, so that the first picture comes sooner.

PySide makes each class when its name is imported: the palette's alone cost a tenth of the time to first paint.
"""

import importlib
from types import ModuleType
from typing import Any


def load_module(module: str) -> ModuleType:
    """`mdt_desktop.ui.<module>`."""
    return importlib.import_module(f"mdt_desktop.ui.{module}")


def load(module: str, name: str) -> Any:
    """The class or function `name` of `mdt_desktop.ui.<module>`; callers annotate what they get."""
    return getattr(load_module(module), name)
