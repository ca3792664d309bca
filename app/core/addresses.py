"""Addresses within this platform."""

import re

# begins with one slash, and has nothing that a browser would leave out or turn round
LOCAL = re.compile(r"/(?:(?!/)[^\s\\\x00-\x1f\x7f]+)?")


def is_local(address: str) -> bool:
    """Whether *address* is a page of ours and can lead nowhere else."""
    return LOCAL.fullmatch(address) is not None
