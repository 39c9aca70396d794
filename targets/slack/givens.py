"""What a recorded program needs to find in its workspace.

Everything an answer shows that the program has not made itself was there before. It is told in one form for all
kinds of things, and the twin's seed takes each of them as it stands here::

    {"kind": "messages", "id": "1700000000.000100", "of": ["C0123456789"], "resource": {...}, "after": [...]}

``resource`` holds the members that answers (or what they answer to) show of the thing's *first* state, with the
service's own names; {} where only its being there is known. ``after`` names the API methods of the program's own
writes that came before any of it was seen, so that what is shown is no longer the first state. Things that others
hang on come first; a thing that is told more than once is told in one fact, merged.

| kind | id | of | resource |
|---|---|---|---|
| ``auth`` | "" | | who calls: ``user_id``, ``bot_id``, ``app_id``, ``team_id``, ``scopes`` (list of names) |
| ``teams`` | team | | as ``team.info`` shows it (``name``, ``domain``, ``url``, ``icon`` ...) |
| ``team_profile_fields`` | field | | as in ``team.profile.get`` |
| ``users`` | user | | as ``users.info`` shows it; ``presence`` and ``dnd`` (as ``dnd.info``) where they were read |
| ``bots`` | bot | | as ``bots.info`` or a message's ``bot_profile`` shows it |
| ``channels`` | channel, "" if unknown | | as ``conversations.info`` shows it, whatever type it has; ``is_member`` where known |
| ``members`` | user | channel | ``{"is_member": true or false}`` |
| ``messages`` | ts | channel | as ``conversations.history`` shows it; replies have their ``thread_ts`` |
| ``scheduled_messages`` | id | channel | as in ``chat.scheduledMessages.list`` |
| ``pins`` | ts or file | channel | as in ``pins.list``; ``{"is_pinned": false}`` where it was found not to be |
| ``bookmarks`` | bookmark | channel | as in ``bookmarks.list`` |
| ``files`` | file | | as ``files.info`` shows it |
| ``uploads`` | file | | a file whose upload was begun and not completed; ``upload_url`` where known |
| ``usergroups`` | group | | as in ``usergroups.list``, with ``users`` where they were read |
| ``reminders`` | reminder | | as in ``reminders.list`` |
| ``views`` | view | | as ``views.open`` shows it |
| ``triggers`` | trigger | | {}: a trigger id that could be used |
| ``emoji`` | name | | ``{"url": ...}`` |

``id`` and ``of`` are ids of the recording. An id of a channel may be a name that was used for one (``#general``).
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.programs.model import Given, Observation, Step


def givens(target: str, steps: Sequence[Step], observations: Sequence[Observation]) -> tuple[Given, ...]:
    """What was there before the program began."""
    return ()
