"""Reads an answer in its circumstances: all facts that it holds. The same for learning and for judging."""

from __future__ import annotations

from collections import defaultdict

from conformance.oracle.expectations.asked import Asked, members_sent, names_in
from conformance.oracle.expectations.facts import Kind, Taker
from conformance.oracle.expectations.strings import is_word
from conformance.oracle.expectations.things import Things
from conformance.oracle.expectations.walk import Walk
from conformance.oracle.outcomes import code_of, is_failure, outcome, subject_of
from conformance.programs.model import Call, Observation
from conformance.programs.trees import last_key, leaves, type_name
from conformance.recordings.model import Json
from conformance.target import Target


class Reader:
    """Reads the answers of one program, in order."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._things = Things(taker)
        self._names: frozenset[str] = frozenset()
        self.sent: set[object] = set()
        self._pools: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        self._shown: set[tuple[str, str]] | None = set() if taker.once else None

    def gap(self) -> None:
        """Requests were made that are no steps and may have changed something."""
        self._things.forget()

    def step(self, call: Call, observation: Observation, target: Target) -> None:
        """Hand all facts of one answer to the taker. Linear in its leaves (of long lists the first elements count)."""
        sent = dict(leaves(call.arguments))
        self.sent.update(sent.values())
        names = self._names.union(map(last_key, sent))
        if len(names) > len(self._names):  # one object as long as it says the same: pickles stay small
            self._names = names
        failed = is_failure(target, observation)
        if target.condition(observation) is None:  # what no call can cause is no consequence of calls
            self._things.asked(call, outcome(target, observation))
        subject = subject_of(target, call.operation, observation)
        body = observation.body
        asked = Asked.of(call, "" if failed else target.variant(call), names_in(body), target.roles)
        if failed:
            asked.features |= {("code", code_of(target, observation))}
        for name, value in asked.features:
            if name.startswith("?"):
                self._taker.fact(Kind.ASKED, f"{subject} {name}", value, "", value)
        for member in members_sent(call.operation, sent):
            self._taker.fact(Kind.SENT, subject, member, "", None)
        deciding = (f" {name}={value}" for name, value in asked.features if name[0] == "?" or name == "variant")
        wanted = subject + "".join(sorted(deciding))
        self._taker.fact(Kind.BODY, wanted, type_name(body) if body is not None else _opaque(observation), "", body)
        self._headers(wanted, observation, target)
        walk = Walk(self._taker, subject, target, asked, self.sent, self._names, self._pools[target.name], self._shown)
        walk.names = _own_words(body)
        walk.value(body, subject, (), ())
        walk.lists(body)
        if not failed:
            self._things.answered(call, body, self.sent)

    def _headers(self, subject: str, observation: Observation, target: Target) -> None:
        response = observation.response
        if response is None or not response.headers:
            return
        for name in target.judged_headers:
            value = response.header(name)
            kind = value.partition(";")[0].strip().lower() if value and name == "content-type" else value is not None
            self._taker.fact(Kind.HEADER, f"{subject} {name}", kind or "absent", name, value)


def _own_words(body: Json) -> frozenset[str]:
    values = body.values() if isinstance(body, dict) else ()
    return frozenset(value for value in values if isinstance(value, str) and is_word(value))


def _opaque(observation: Observation) -> str:
    return "bytes" if observation.response and observation.response.body else "nothing"
