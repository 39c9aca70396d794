"""The state of a workspace: plain resources by id, as the API shows them, and what hangs on them.

What follows from other things (``is_member``, ``num_members``, counts of a thread's replies that are known) is worked
out when a resource is read; everything else is stored as it is shown.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.store import Clock, Ids
from targets.slack.twin import resources
from targets.slack.twin.tokens import INACTIVE_TOKEN, OWN_TOKENS, REVOKED_TOKEN, USER_TOKEN, Token

ID_ALPHABET = string.ascii_uppercase + string.digits
ID_LENGTH = 11
BLOCK_ALPHABET = string.ascii_letters + string.digits
MICROSECONDS = 1_000_000
TS_STEP = 9
"""Timestamps of messages end so."""


@dataclass
class Workspace:
    """One workspace. ``Json`` values are resources by id, in order of creation, unless said otherwise."""

    clock: Clock
    ids: Ids
    team: Json = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    bots: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    """User ids by channel, in order of joining."""
    read_marks: dict[str, dict[str, str]] = field(default_factory=dict)
    """The last timestamp read, by channel and user."""
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    """By channel and timestamp, replies among them."""
    permalinks: dict[str, dict[str, str]] = field(default_factory=dict)
    """Addresses of messages that facts told, by channel and timestamp."""
    scheduled: dict[str, Json] = field(default_factory=dict)
    """Messages to come, each with its ``message`` beside what the list shows."""
    reacted: list[tuple[str, str, str]] = field(default_factory=list)
    """Who reacted to which message: user, channel, timestamp; the last one last."""
    pins: dict[str, list[Json]] = field(default_factory=dict)
    """By channel: ``{"ts" or "file", "created", "created_by"}``."""
    bookmarks: dict[str, dict[str, Json]] = field(default_factory=dict)
    """By channel and bookmark id."""
    stars: dict[str, list[Json]] = field(default_factory=dict)
    """By user."""
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    """By file id."""
    uploads: dict[str, Json] = field(default_factory=dict)
    """Files on their way, by the last part of their upload URL."""
    cursors: dict[str, str] = field(default_factory=dict)
    """By cursors that were given before, what their pages begin with ("" where nothing is left)."""
    unseen_files: int = 0
    """Files that are counted and never listed."""
    usergroups: dict[str, Json] = field(default_factory=dict)
    """Each with its ``users``."""
    reminders: dict[str, Json] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    triggers: set[str] = field(default_factory=set)
    """Trigger ids with which a view can be opened."""
    emoji: dict[str, str] = field(default_factory=dict)
    profile_fields: dict[str, Json] = field(default_factory=dict)
    dnd: dict[str, Json] = field(default_factory=dict)
    """What ``dnd.info`` shows, by user; likewise presence."""
    presence: dict[str, Json] = field(default_factory=dict)
    images: dict[str, Json] = field(default_factory=dict)
    """What is known of pictures by their URL; None for those that cannot be downloaded."""
    sockets: str = "wss://wss-primary.slack.com/websocket/{secret}"
    """Where clients listen to events; each has a secret of its own."""
    first_start: int = 0
    """When ``rtm.start`` was called first, in seconds since 1970: what has not changed since is told as of then."""
    bot_user: str = ""
    """The user whose token the workspace's own app holds."""
    person: str = ""
    """The person who installed it."""
    unlisted: set[str] = field(default_factory=set)
    """Ids of the user and the app that call, as long as facts told of others and not of them: no list shows them."""
    is_team_told: bool = False
    """Whether facts have said which team it is."""
    is_furnished: bool = False
    """Whether facts have said what is in it."""
    last_ts: int = 0
    """The last timestamp given out, in microseconds."""

    def __post_init__(self) -> None:
        if not self.team:
            resources.populate(self)
            self._add_tokens()

    def _add_tokens(self) -> None:
        app = next(iter(self.bots.values()))
        active = dict.fromkeys(OWN_TOKENS, "active")
        for value, state in {**active, REVOKED_TOKEN: "revoked", INACTIVE_TOKEN: "inactive"}.items():
            self.tokens[value] = Token(value, self.bot_user, app["id"], app["app_id"], state=state)
        self.tokens[USER_TOKEN] = Token(USER_TOKEN, self.person, "", app["app_id"])

    # Time

    def now(self) -> datetime:
        """The time."""
        return self.clock.now()

    def seconds(self) -> int:
        """The time in seconds since 1970."""
        return int(self.clock.now().timestamp())

    def milliseconds(self) -> int:
        """The time in milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    def new_ts(self) -> str:
        """A timestamp that no message has, later than all before."""
        now = self.milliseconds() * 1000 + TS_STEP
        self.last_ts = max(now, self.last_ts + 10)
        return f"{self.last_ts // MICROSECONDS}.{self.last_ts % MICROSECONDS:06d}"

    def reserve_ts(self, ts: str) -> None:
        """No timestamp given out from now on is earlier than ``ts``."""
        whole, _, fraction = ts.partition(".")
        if whole.isdigit() and fraction.isdigit():
            self.last_ts = max(self.last_ts, int(whole) * MICROSECONDS + int(fraction))

    # Ids

    def new_id(self, prefix: str) -> str:
        """An id as the service makes them: ``C0AH33PLXSN``."""
        return self.ids.token(ID_LENGTH, ID_ALPHABET, f"{prefix}0")

    def block_id(self) -> str:
        """An id of a block that its author did not name."""
        return self.ids.token(5, BLOCK_ALPHABET)

    def upload_key(self) -> str:
        """The last part of an upload URL."""
        return f"UP{self.digest(40)}"

    def digest(self, length: int) -> str:
        """So many hexadecimal digits that look like a hash."""
        return f"{self.ids.dice.getrandbits(4 * length):0{length}x}"

    # What hangs on channels

    def is_member(self, channel_id: str, user_id: str) -> bool:
        """Whether the user is in the channel."""
        return user_id in self.members.get(channel_id, ())

    def join(self, channel_id: str, user_id: str) -> bool:
        """Let the user in; False if they are in already."""
        shelf = self.members.setdefault(channel_id, [])
        if user_id in shelf:
            return False
        shelf.append(user_id)
        self._tell_members(channel_id, [user_id], [])
        return True

    def part(self, channel_id: str, user_id: str) -> bool:
        """Let the user out; False if they are not in."""
        shelf = self.members.get(channel_id, [])
        if user_id not in shelf:
            return False
        shelf.remove(user_id)
        self._tell_members(channel_id, [], [user_id])
        return True

    def _tell_members(self, channel_id: str, came: list[str], went: list[str]) -> None:
        """Of channels that were there before, more members may be counted or shown than are known."""
        channel = self.channels.get(channel_id, {})
        if "num_members" in channel:
            channel["num_members"] = max(0, channel["num_members"] + len(came) - len(went))
        if "members" in channel:
            channel["members"] = [name for name in (*channel["members"], *came) if name not in went]

    def post(self, channel_id: str, message: Json) -> Json:
        """Put a message into a channel, under its ``ts``. Returns it."""
        self.messages.setdefault(channel_id, {})[message["ts"]] = message
        self.reserve_ts(message["ts"])
        return message


def dump(state: Workspace) -> dict[str, Any]:
    """Everything, for people to look at."""
    kept = {name: value for name, value in vars(state).items() if name not in ("clock", "ids", "contents", "tokens")}
    sets = {"triggers": sorted(state.triggers), "unlisted": sorted(state.unlisted)}
    return {**kept, **sets, "tokens": [vars(token) for token in state.tokens.values()]}
