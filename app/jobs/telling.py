"""How far a job is, for pages and for the script that asks again."""

from typing import Any

from app.jobs.models import Job


def told_of(job: Job) -> dict[str, Any]:
    """Its state, percent and words as JSON; `ended` when it is not worth asking again."""
    percent = min(100, job.done * 100 // job.total) if job.total and job.done is not None else None
    parts = [job.line, None if percent is None else f"{percent} %"]
    return {
        "state": job.state.value,
        "label": str(job.state.label),
        "percent": percent,
        "text": " · ".join(part for part in parts if part),
        "ended": job.state.has_ended,
    }
