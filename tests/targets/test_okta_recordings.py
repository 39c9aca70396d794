"""The shipped recordings of Okta become calls, and the calls put the recorded requests on the wire again."""

from pathlib import Path

import pytest

from conformance.programs.model import Call
from conformance.recordings.read import read_folder
from conformance.worlds.recorded import RecordedWorld
from targets.okta import TARGET
from targets.okta.lifting import NO_OPERATION, TOKEN_REQUEST

SHIPPED = Path(__file__).parents[2] / "recordings" / "okta"
UNSENDABLE = "an upload of a file: recordings do not hold its bytes"
GENERATED = int(TARGET.sdk().version.partition(".")[0]) >= 3

pytestmark = pytest.mark.skipif(not SHIPPED.is_dir(), reason="there are no recordings of Okta beside these tests")


@pytest.fixture(scope="module")
def recordings():
    return sorted(read_folder(SHIPPED), key=lambda recording: recording.name)


def test_every_request_is_lifted_or_has_a_reason(recordings):
    told = [TARGET.lift(item.request) for recording in recordings for item in recording.interactions]
    reasons = {one for one in told if not isinstance(one, Call)}
    assert reasons <= {NO_OPERATION, TOKEN_REQUEST, UNSENDABLE}
    calls = [one for one in told if isinstance(one, Call)]
    assert len(calls) > (0.9 if GENERATED else 0.7) * len(told)
    assert all(call.operation in TARGET.surface() for call in calls)
    assert sum(call.amended for call in calls) < 0.01 * len(calls)


def test_calls_put_the_recorded_requests_on_the_wire(recordings):
    """Every tenth recording; what the SDK's models refuse or change is sent as it was recorded all the same."""
    with RecordedWorld({"okta": TARGET}) as world:
        for recording in recordings[::10]:
            trace, unlifted = world.trace(recording)
            assert {one.reason for one in unlifted} <= {NO_OPERATION, TOKEN_REQUEST, UNSENDABLE}, recording.name
            for step, observation in zip(trace.program.steps, trace.observations, strict=True):
                recorded = recording.interactions[step.interaction].response
                assert observation.status == recorded.status
                assert recorded.json is None or observation.body == recorded.json  # XML is read otherwise
                assert (observation.error is None) == (recorded.status < 400), recording.name
