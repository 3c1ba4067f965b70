"""Garbage collection for processes that live long and make rows by the ten thousand."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 50_000


def collect_rarely() -> None:
    """Look for cycles once in 50,000 new objects instead of 700, and never again among what is loaded by now.

    Nearly all that a batch makes is freed by counting references; walking it to find cycles took a quarter of the time
    of settling. To be called once, when the process has imported and made what it will keep.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
