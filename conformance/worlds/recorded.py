"""The recorded world: a cassette answers, on loopback, at a flat cost per call.

The cassette is read once and indexed by what a request means; equal requests are answered in recorded order. Calls run
through the SDK exactly as in the live world, so a call counts as lifted only if the SDK put the recorded request on
the wire again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from conformance.programs.model import Call, Observation, Program, Step, Trace, Unlifted
from conformance.recordings.model import Interaction, Recording, Request, fold_headers
from conformance.target import Session, Target, composed, lifted
from conformance.twinkit.asgi import Receive, Scope, Send, deliver, read_body
from conformance.twinkit.server import Server
from conformance.twinkit.service import Reply
from conformance.twinkit.twin import Answer
from conformance.worlds.canonical import RequestKey, request_key

NOT_RECORDED = 599
NO_TARGET = "no target for"
_TRANSPORT_HEADERS = {"content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive"}


class Player:
    """An ASGI application that answers from one cassette at a time. Look-up is O(1)."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._index: dict[RequestKey, deque[Interaction]] = {}
        self._targets = tuple(targets)
        self._always_added = frozenset().union(*(target.always_added for target in self._targets))
        self.played: list[int] = []
        """Indexes of the interactions answered so far, in order."""

    def load(self, interactions: Iterable[Interaction]) -> None:
        """Take another cassette."""
        self._index = {}
        self.played = []
        for interaction in interactions:
            self._index.setdefault(self._key(interaction.request), deque()).append(interaction)

    def answer(self, request: Request) -> Reply:
        """The recorded answer to ``request``; 599 if there is none left."""
        queue = self._index.get(self._key(request))
        if not queue:
            return Reply({"error": "not recorded"}, NOT_RECORDED)
        interaction = queue.popleft()
        self.played.append(interaction.index)
        response = interaction.response
        headers = {name: lines for name, lines in response.headers.items() if name not in _TRANSPORT_HEADERS}
        return Reply(response.body, response.status, headers)

    def _key(self, request: Request) -> RequestKey:
        for target in self._targets:
            request = target.canonical_request(request)
        return request_key(request, self._always_added)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        body = await read_body(receive)
        path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        headers = fold_headers((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
        request = Request(scope["method"], f"http://recorded{path}?{query}", headers, body)
        await deliver(Answer(self.answer(request)), send)


def lift(recording: Recording, targets: Iterable[Target]) -> tuple[list[Step], list[Unlifted]]:
    """Turn each interaction into a call of the first target that knows it."""
    steps: list[Step] = []
    unlifted: list[Unlifted] = []
    candidates = tuple(targets)
    for interaction in recording.interactions:
        found = _lift_one(interaction.request, candidates)
        if isinstance(found, Call):
            steps.append(Step(found, interaction.index))
        else:
            unlifted.append(Unlifted(interaction.index, found, _request_line(interaction.request)))
    for target in candidates:
        steps = list(composed(target, steps, recording))
    covered = {index for step in steps for index in step.also}
    return steps, [one for one in unlifted if one.index not in covered]


def _lift_one(request: Request, targets: tuple[Target, ...]) -> Call | str:
    for target in targets:
        found = lifted(target, request)
        if found is not None:
            return found
    return f"{NO_TARGET} {request.host}"


def _request_line(request: Request) -> str:
    return f"{request.method} {request.host}{request.path}"


class RecordedWorld:
    """Plays recordings. Use as a context manager; one instance plays many recordings, one after the other."""

    def __init__(self, targets: Mapping[str, Target]) -> None:
        self._targets = targets
        self._player = Player(targets.values())
        self._server = Server(self._player)
        self._sessions: dict[str, Session] = {}

    def __enter__(self) -> RecordedWorld:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        for session in self._sessions.values():
            session.close()
        self._server.close()

    def trace(self, recording: Recording) -> tuple[Trace, list[Unlifted]]:
        """Lift a recording and play it: the trace of what was reproduced, and what was not, with reasons."""
        steps, unlifted = lift(recording, self._targets.values())
        self._open({step.call.target for step in steps})
        strangers = {one.index for one in unlifted if one.reason.startswith(NO_TARGET)}
        self._player.load(each for each in recording.interactions if each.index not in strangers)
        kept: list[Step] = []
        observations: list[Observation] = []
        for step in steps:
            observation, reason = self._play(step)
            if reason:
                request = recording.interactions[step.interaction].request
                unlifted.append(Unlifted(step.interaction, reason, _request_line(request)))
            else:
                kept.append(step)
                observations.append(observation)
        program = Program(recording.name, tuple(kept), recording=recording)
        return Trace(program, tuple(observations)), unlifted

    def _open(self, names: Iterable[str]) -> None:
        """Start the SDKs: what they ask when they start is no part of a recording."""
        self._player.load(())
        for name in names:
            self._session(name)

    def _play(self, step: Step) -> tuple[Observation, str]:
        """The observation, and why it does not count ("" if it does)."""
        before = len(self._player.played)
        observation = self._session(step.call.target).call(step.call)
        played = self._player.played[before:]
        if not {step.interaction, *step.also} <= set(played):
            return observation, _why_not(observation)
        return observation, ""

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            self._sessions[name] = self._targets[name].session(self._server.url, "recorded")
        return self._sessions[name]


def _why_not(observation: Observation) -> str:
    if not observation.exchanges:
        kind = observation.error.type if observation.error else "nothing"
        return f"the SDK sent nothing ({kind})"
    return "the SDK sends another request"
