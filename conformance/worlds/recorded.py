"""The recorded world: a cassette answers, on loopback, at a flat cost per call.

The cassette is read once and indexed by what a request means; equal requests are answered in recorded order. Calls run
through the SDK exactly as in the live world, so a call counts as lifted only if the SDK put the recorded request on
the wire again.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
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
SLOW = 5.0
"""Seconds. A call takes milliseconds here: one that took so long and failed may have run into a time-out."""

_TRANSPORT_HEADERS = {"content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive"}


class Player:
    """An ASGI application that answers from one cassette at a time. Look-up is O(1).

    Which requests mean the same is told by the target whose SDK sends them: no other reads them.
    """

    def __init__(self) -> None:
        self._interactions: tuple[Interaction, ...] = ()
        self._indexes: dict[str, dict[RequestKey, deque[Interaction]]] = {}
        self._target: Target | None = None
        self.played: list[int] = []
        """Indexes of the interactions answered so far, in order."""
        self._gone: set[int] = set()

    def load(self, interactions: Iterable[Interaction]) -> None:
        """Take another cassette."""
        self._interactions = tuple(interactions)
        self._indexes = {}
        self._target = None
        self.played = []
        self._gone = set()

    def serve(self, target: Target) -> None:
        """From now on requests come from the SDK of this target."""
        self._target = target
        if target.name not in self._indexes:
            index = self._indexes[target.name] = defaultdict(deque)
            for interaction in self._interactions:
                index[_key(target, interaction.request)].append(interaction)

    def answer(self, request: Request) -> Reply:
        """The recorded answer to ``request``; 599 if there is none left."""
        interaction = self._next(request)
        if interaction is None:
            return Reply({"error": "not recorded"}, NOT_RECORDED)
        self.played.append(interaction.index)
        self._gone.add(interaction.index)
        response = interaction.response
        headers = {name: lines for name, lines in response.headers.items() if name not in _TRANSPORT_HEADERS}
        return Reply(response.body, response.status, headers)

    def _next(self, request: Request) -> Interaction | None:
        """The first equal request that nobody's SDK has sent yet."""
        if self._target is None:
            return None
        queue = self._indexes[self._target.name].get(_key(self._target, request), deque())
        while queue:
            interaction = queue.popleft()
            if interaction.index not in self._gone:
                return interaction
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        body = await read_body(receive)
        path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        headers = fold_headers((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
        request = Request(scope["method"], f"http://recorded{path}?{query}", headers, body)
        await deliver(Answer(self.answer(request)), send)


def _key(target: Target, request: Request) -> RequestKey:
    return request_key(target.canonical_request(request), target.always_added)


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
        self._player = Player()
        self._server = Server(self._player)
        self._sessions: dict[str, Session] = {}
        self.doubtful = False
        """Whether a call of the last recording waited so long that its failure may be this machine's."""

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
        self.doubtful = False
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
            self._player.serve(self._targets[name])
            self._session(name)

    def _play(self, step: Step) -> tuple[Observation, str]:
        """The observation, and why it does not count ("" if it does)."""
        before, start = len(self._player.played), time.monotonic()
        self._player.serve(self._targets[step.call.target])
        observation = self._session(step.call.target).call(step.call)
        played = self._player.played[before:]
        if not {step.interaction, *step.also} <= set(played):
            self.doubtful = self.doubtful or time.monotonic() - start >= SLOW
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
