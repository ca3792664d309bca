"""Who comes first: equals share a rank, and the next one is counted on (1, 1, 3)."""

from collections.abc import Mapping
from typing import Any


def ranked(scores: Mapping[Any, Any]) -> dict[Any, int]:
    """The rank of each key, the highest score first; who has no score has no rank."""
    known = sorted((score for score in scores.values() if score is not None), reverse=True)
    return {key: known.index(score) + 1 for key, score in scores.items() if score is not None}
