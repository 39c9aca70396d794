"""Slack's twin behind both official clients."""

import asyncio

import pytest

from conformance.twinkit.server import serve_twin
from conformance.twinkit.twin import Twin
from targets.slack.twin.service import SERVICE
from targets.slack.twin.tokens import BOT_TOKEN

slack_sdk = pytest.importorskip("slack_sdk")


@pytest.fixture
def url():
    with serve_twin(Twin([SERVICE])) as server:
        yield f"{server.url}/api/"


@pytest.fixture
def client(url):
    client = slack_sdk.WebClient(BOT_TOKEN, base_url=url)
    client.proxy = None
    return client


def test_a_conversation(client):
    channel = client.conversations_create(name="plans")["channel"]["id"]
    head = client.chat_postMessage(channel=channel, text="hello", blocks=[{"type": "divider"}])
    client.chat_postMessage(channel=channel, text="reply", thread_ts=head["ts"])
    client.reactions_add(channel=channel, timestamp=head["ts"], name="fire")
    replies = client.conversations_replies(channel=channel, ts=head["ts"])["messages"]
    assert [message["text"] for message in replies] == ["hello", "reply"]
    assert replies[0]["reactions"][0]["count"] == 1


def test_errors_are_raised_with_what_they_say(client):
    with pytest.raises(slack_sdk.errors.SlackApiError) as caught:
        client.chat_postMessage(channel="C0NOWHERE99", text="x")
    assert caught.value.response["error"] == "channel_not_found"
    assert "x-oauth-scopes" in {name.lower() for name in caught.value.response.headers}


def test_pages_end(client):
    for number in range(5):
        client.conversations_create(name=f"n{number}")
    pages = [page["channels"] for page in client.conversations_list(limit=3)]
    assert [len(page) for page in pages] == [3, 3, 1]


def test_the_upload_in_three_steps(client):
    channel = client.conversations_create(name="files")["channel"]["id"]
    answer = client.files_upload_v2(content="hello", filename="a.txt", channel=channel, initial_comment="here")
    assert client.files_info(file=answer["files"][0]["id"])["file"]["channels"] == [channel]
    assert client.conversations_history(channel=channel)["messages"][0]["text"] == "here"


def test_the_asynchronous_client_reads_by_get(url):
    from slack_sdk.web.async_client import AsyncWebClient

    async def talk():
        client = AsyncWebClient(BOT_TOKEN, base_url=url)
        client.proxy = None
        made = await client.conversations_create(name="plans")
        await client.chat_postMessage(channel=made["channel"]["id"], text="hello")
        found = await client.conversations_history(channel=made["channel"]["id"], limit=1)
        users = [page["members"] async for page in await client.users_list(limit=1)]
        uploaded = await client.files_upload_v2(content="hello", filename="a.txt")
        return found["messages"][0]["text"], len(users), uploaded["files"][0]["name"]

    assert asyncio.run(talk()) == ("hello", 3, "a.txt")
