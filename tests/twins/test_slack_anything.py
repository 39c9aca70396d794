"""Whatever a client sends, Slack's twin answers in the vendor's form."""

from hypothesis import given, settings
from hypothesis import strategies as st
from slack_calls import Client

from targets.slack.contract import contract
from targets.slack.twin import workspace
from targets.slack.twin.service import METHODS

IMPLEMENTED = sorted(
    name for name, method in METHODS.items() if method.handle is not workspace.unimplemented and not method.successor
)
GOOD = {"channel": "general", "channel_id": "general", "user": "USLACKBOT", "ts": "1.000000", "timestamp": "1.000000"}
ODD = st.one_of(
    st.sampled_from(["", "general", "USLACKBOT", "1.000000", "1", "-1", "[", "{}", "[]", "[1]", "null", '[{"id": 1}]']),
    st.sampled_from(['[{"type": "section", "text": 1}]', '[{"type": "context", "elements": [1]}]', "é", "x:y"]),
    st.sampled_from([None, True, 0, 7, 1.5, [], {}, ["a"], [{"type": "image"}], [{"type": "section", "fields": 3}]]),
    st.sampled_from([{"type": "modal", "title": 1, "blocks": 2}, {"type": "home", "blocks": [{"type": "divider"}]}]),
    st.sampled_from([[{"type": "section", "text": "x", "accessory": [1]}], [{"id": [1]}], [{"type": []}], {"a": 1}]),
)


@st.composite
def calls(draw):
    api = draw(st.sampled_from(IMPLEMENTED))
    declared = contract().methods.get(api)
    names = list(declared.arguments) if declared else ["name"]
    odd = draw(st.dictionaries(st.sampled_from(names or ["x"]), ODD, max_size=5))
    return api, {name: value for name, value in GOOD.items() if name in names} | odd


@settings(max_examples=300)
@given(calls=st.lists(calls(), min_size=1, max_size=6), person=st.booleans())
def test_nothing_breaks_it(calls, person):
    slack = Client()
    slack.seed(triggers=["1"], channels=[{"id": "C0GENERAL11", "name": "general"}], users=[{"id": "USLACKBOT"}])
    slack.seed(messages={"C0GENERAL11": [{"ts": "1.000000", "text": "x"}]})
    who = slack.person() if person else slack
    for api, arguments in calls:
        reply = who.reply(api, **arguments)
        assert reply.status in (200, 501)
        assert isinstance(reply.body["ok"], bool)
