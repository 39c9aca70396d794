"""What came of a call: a success or an error, and what its answer is evidence about.

An answer is an error by its status, or because it says so: some services answer 200 with an error code in the body.
"""

from __future__ import annotations

from conformance.programs.model import Observation
from conformance.target import Target

NO_ANSWER = "no answer"


def code_of(target: Target, observation: Observation) -> str:
    """The vendor's error code in an answer; "" where it has none."""
    return target.error_code(observation.status or 0, observation.body)


def is_failure(target: Target, observation: Observation) -> bool:
    """Whether an answer is an error."""
    return (observation.status or 0) >= 400 or bool(code_of(target, observation))


def outcome(target: Target, observation: Observation) -> str:
    """``200``, ``404 notFound``, ``200 channel_not_found``, or the exception when there was no answer."""
    if observation.status is None:
        return f"{NO_ANSWER} ({observation.error.type})" if observation.error else NO_ANSWER
    return f"{observation.status} {code_of(target, observation)}".strip()


def subject_of(target: Target, operation: str, observation: Observation) -> str:
    """What an answer is evidence about: its operation or, for errors, the errors of this status in general."""
    return f"{target.name} {observation.status} error" if is_failure(target, observation) else operation
