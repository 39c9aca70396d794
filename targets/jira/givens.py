"""What a recorded program needs to find on its site.

Everything an answer shows that the program has not made itself was there before. It is told in one general form, read
off answers; no kind of resource needs a rule of its own::

    {"kind": "issue", "id": "10002", "of": [], "resource": {...}, "after": [...]}

``kind`` are the words of the resource's address that are no ids, joined by ``/`` (``issue``, ``issue/comment``,
``issue/transitions``, ``project``, ``project/components``, ``issue/createmeta``, ``issuetype``, ``priority``,
``status``, ``field``, ``user``, ``serverInfo``, ``agile/epic``, …; those of other APIs than ``api`` begin with its
name). ``id`` is the resource's own id as its address has it, "" for what is single (``serverInfo``, ``myself``) or is
told whole as a list; ``of`` are the ids on the way to it. ``resource`` is the earliest state that an answer shows,
None where none does, and a list where an endpoint answers one (``field``, ``issuetype``, ``priority``).
``after`` names the program's own operations on it that came before that answer, so that the state is no longer the
first one: those fields that they set may have been others.

Resources that are parts of answers (the ``status`` of an issue, its ``project``, its ``reporter``) are told on their
own too, as far as they have a ``self`` link, because the next issue will need them. Of several partial views of one
resource, the one with most members is told.

Two kinds are told of every program, whatever it reads:

``site``      ``resource`` is ``{"deployment": "cloud" | "server", "versions": ["2"], "baseUrl": "…" | None}``: the
              flavour the site has to be of, and its address in answers' links (with its context path).
``counter``   ``id`` is a project's key, ``resource`` ``{"next": n, "next_id": m | None}``: the number in the key of
              the issue that the program makes first in that project, and its id, so that what others write about
              new issues (in queries and texts) is right.
"""
def givens(target,steps,observations): return ()
