"""Draws programs from evidence: which move comes next, steered to the behaviours that were exercised least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.oracle.verdict import Behaviour
from conformance.programs.grow.choice import Dice
from conformance.programs.grow.evidence import Evidence, Spot
from conformance.programs.grow.growth import Growth, Running
from conformance.programs.grow.lines import Line
from conformance.programs.grow.model import Graft, Grown, Move, Strand
from conformance.programs.grow.texts import draw_text
from conformance.programs.identity import is_token

MOST_STRANDS = 4
ALONE, BESIDE, BRIEF_BESIDE = 0.3, 0.12, 0.3
"""Shares: of programs with one strand only; of moves that start another."""

ONWARDS, HURRIED = 0.65, 0.95
"""Share of moves towards a strand's goal, and where the goal is far for the moves that are left."""
INFERRING, INFERRED, MOST_INFERRED, TRIES = 0.5, 0.25, 16, 4
"""Share of programs in which the outcome of some steps is inferred from other situations, and of such steps."""

OTHER_TEXTS = 0.4
"""Share of strands that send other texts than were recorded."""

BRIEF, BRIEF_STRANDS = 0.5, 8
"""Share of programs made of many short strands, and how many: what happens to one thing may show at another."""


class Drawer:
    """Grows programs one after the other; what one exercised, the next ones seek less.

    ``share`` (which, of how many) are the behaviours to seek first, so that drawers that know nothing of each other
    do not all seek the same.
    """

    def __init__(self, evidence: Evidence, most_steps: int, share: tuple[int, int] = (0, 1)) -> None:
        self._evidence = evidence
        self._most_steps = most_steps
        which, shares = share
        others = (known for number, known in enumerate(sorted(evidence.spots)) if number % shares != which)
        self.exercised: Counter[Behaviour] = Counter(others)

    def draw(self, name: str, numbers: Iterable[int]) -> Grown:
        """A program of at most one move for each number."""
        drawing = _Drawing(self._evidence, self.exercised, self._most_steps)
        for number in numbers:
            drawing.move(Dice(number))
        return drawing.growth.program(name)


class _Drawing:
    """One program while it is drawn."""

    def __init__(self, evidence: Evidence, exercised: Counter[Behaviour], most_steps: int) -> None:
        self._evidence = evidence
        self._exercised = exercised
        self._left = most_steps
        self._goals: dict[int, int] = {}
        self._alone = False
        self._brief = False
        self._inferring = False
        self.growth = Growth()

    def move(self, dice: Dice) -> None:
        """One more move, if there is any."""
        if self._left <= 0:
            return
        if not self.growth.running:
            self._brief, self._inferring = dice.chance(BRIEF), dice.chance(INFERRING)
        if self._inferring and dice.chance(INFERRED) and self._infer(dice):
            return
        if not self.growth.running or (self._room() and dice.chance(BRIEF_BESIDE if self._brief else BESIDE)):
            self._start(dice)
        going = [at for at, running in enumerate(self.growth.running) if running.strand.by_value]
        strand = dice.one_of(going) if going else -1
        place = self._place(strand, dice) if strand >= 0 else None
        if place is None and self._room():
            strand, place = self._start(dice), None
            place = self._place(strand, dice) if strand >= 0 else None
        if place is not None:
            self._do(strand, place)

    def _infer(self, dice: Dice) -> bool:
        """Do what came out alike in different situations in one more; False if there is nothing."""
        if len(self.growth.running) >= MOST_INFERRED:
            return False
        alike = self._evidence.alike
        things = [
            (host, thing.done)
            for host, running in enumerate(self.growth.running)
            for thing in running.things.values()
            if running.strand.by_value and thing.done in alike
        ]
        host, done = dice.one_of([*things, (-1, ())])
        spots = alike.get(done, ())
        if not spots:
            return False
        for _ in range(TRIES):
            index, place = dice.one_of(spots)
            if self._inferred(host, self._evidence.lines[index], place):
                return True
        return False

    def _inferred(self, host: int, line: Line, place: int) -> bool:
        """Start a strand on the things of another, for one step; False if it has no evidence here."""
        running = self.growth.running[host] if host >= 0 else None
        grafts = []
        for source in sorted(line.sources[place]):
            assert running is not None  # only what is about a thing has sources
            like = [at for at in running.at if running.line.behaviours[at] == line.behaviours[source]]
            if not like:
                return False
            grafts.append(Graft(source, host, like[-1]))
        if (running and line is running.line) or not self.growth.fits(line):
            return False
        started = self.growth.start(Strand(line.name, tuple(grafts), by_value=False), line)
        if not self.growth.enabled(started, place):
            self.growth.running.pop()
            return False
        self._do(len(self.growth.running) - 1, place)
        return True

    def _room(self) -> bool:
        own = sum(running.strand.by_value for running in self.growth.running)
        return not self._alone and own < (BRIEF_STRANDS if self._brief else MOST_STRANDS)

    def _do(self, strand: int, place: int) -> None:
        running = self.growth.running[strand]
        self.growth.do(Move(strand, place))
        self._exercised[running.line.behaviours[place]] += 1
        self._left -= 1

    def _start(self, dice: Dice) -> int:
        """Start a strand that leads to a behaviour exercised seldom; its number, or -1."""
        spot = self._brief_spot(dice) if self._brief else self._seldom_spot(dice)
        if spot is None:
            return -1
        index, place = spot
        line = self._evidence.lines[index]
        if not self.growth.running:
            far = 2 * len(line.needs[place]) > self._left
            self._alone = not self._brief and (far or _needs_account(line, place) or dice.chance(ALONE))
        self.growth.start(Strand(line.name, texts=self._texts(line, dice)), line)
        strand = len(self.growth.running) - 1
        self._goals[strand] = place
        return strand

    def _texts(self, line: Line, dice: Dice) -> tuple[tuple[str, str], ...]:
        """Other texts where the service only echoes them; no two become the same, and none looks made up by it."""
        if not line.texts or not dice.chance(OTHER_TEXTS):
            return ()
        drawn = {text: draw_text(dice, *self._evidence.limits[place]) for place, text in line.texts}
        distinct = len({text.casefold() for text in drawn.values()}) == len(drawn)
        plain = not any(is_token(text) for text in drawn.values())
        return tuple(drawn.items()) if distinct and plain else ()

    def _brief_spot(self, dice: Dice) -> Spot | None:
        """A short way to any operation, each as likely as the other."""
        brief = self._evidence.brief
        able = [
            spot
            for operation in sorted(brief)
            if self._reachable(self._evidence.lines[(spot := dice.one_of(brief[operation]))[0]], spot[1])
        ]
        return dice.early(able) if able else None

    def _seldom_spot(self, dice: Dice) -> Spot | None:
        """A place where a seldom exercised behaviour was recorded."""
        spots = [spot for behaviour in self._seldom() if (spot := self._spot(behaviour, dice))]
        if not spots:
            return None
        return spots[0] if not self.growth.running else dice.early(spots[: max(1, len(spots) // 4)])

    def _seldom(self) -> list[Behaviour]:
        return sorted(self._evidence.spots, key=lambda behaviour: (self._exercised[behaviour], behaviour))

    def _spot(self, behaviour: Behaviour, dice: Dice) -> Spot | None:
        """A place where the behaviour was recorded, and that can be reached from here."""
        index, place = dice.one_of(self._evidence.short_ways[behaviour])
        line = self._evidence.lines[index]
        return (index, place) if self._reachable(line, place) else None

    def _reachable(self, line: Line, place: int) -> bool:
        if self.growth.running and _needs_account(line, place):
            return False
        return len(line.needs[place]) < self._left and self.growth.fits(line)

    def _place(self, strand: int, dice: Dice) -> int | None:
        """The next step of a strand: one towards its goal, or any that can be done now."""
        running = self.growth.running[strand]
        goal = self._goals.get(strand, -1)
        far = goal >= 0 and 2 * len(running.line.needs[goal] - running.at.keys()) > self._left
        if dice.chance(HURRIED if far else ONWARDS):
            onwards = self._onwards(strand, running, dice)
            if onwards is not None:
                return onwards
        return self._any(running, dice)

    def _onwards(self, strand: int, running: Running, dice: Dice) -> int | None:
        goal = self._goals.get(strand, -1)
        if goal in running.at or goal < 0:
            goal = self._goals[strand] = self._new_goal(running, dice)
        if goal < 0:
            return None
        wanted = [*sorted(running.line.needs[goal] - running.at.keys()), goal]
        return next((place for place in wanted if self.growth.enabled(running, place)), None)

    def _new_goal(self, running: Running, dice: Dice) -> int:
        line = running.line
        undone = sorted(self.growth.undone(running), key=lambda place: self._exercised[line.behaviours[place]])
        return dice.early(undone) if undone else -1

    def _any(self, running: Running, dice: Dice) -> int | None:
        """Any step that can be done now, seldom exercised ones rather; reads may be repeated."""
        line = running.line
        able = [place for place in range(len(line.footprints)) if self.growth.enabled(running, place)]
        able.sort(key=lambda place: (place in running.at, self._exercised[line.behaviours[place]]))
        return dice.early(able) if able else None


def _needs_account(line: Line, place: int) -> bool:
    """Whether the step tells something only when nothing else runs."""
    return line.exclusive or line.of_account(place)
