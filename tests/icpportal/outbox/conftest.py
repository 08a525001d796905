"""Fixtures of the outbox tests."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.contrib.auth import get_user_model

from icpportal.outbox import wake
from icpportal.outbox.actions import queue
from icpportal.outbox.models import Message


class Post:
    """An outside system reached through `OUTBOX_CHANNELS`: what arrived, and how it treats a key."""

    arrived: ClassVar[list[str]] = []
    trouble: ClassVar[dict[str, Callable[[], Any]]] = {}

    @classmethod
    def deliver(cls, message: Message) -> str:
        trouble = cls.trouble.get(message.key)
        if trouble is not None:
            return trouble()
        cls.arrived.append(message.key)
        return f"receipt of {message.key}"


def deliver_by_post(message: Message) -> str:
    return Post.deliver(message)


@pytest.fixture
def post(settings: Any) -> Iterator[type[Post]]:
    """Channels `post` and `pigeon` lead to `Post`."""
    name = f"{__name__}.deliver_by_post"
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "post": name, "pigeon": name}
    Post.arrived.clear()
    Post.trouble.clear()
    yield Post
    Post.arrived.clear()
    Post.trouble.clear()


@pytest.fixture
def owe(post: type[Post]) -> Callable[..., Message]:
    """Queues one message for `post`."""

    def owe(key: str, **more: Any) -> Message:
        return queue(**{"channel": "post", "key": key, "payload": {"says": key}, **more})

    return owe


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str | int]]]:
    """What was passed to the broker."""
    published: list[tuple[str, list[str | int]]] = []
    monkeypatch.setattr(wake, "_publish", lambda name, ids: published.append((name, ids)))
    return published


@pytest.fixture
def people() -> Callable[..., Any]:
    """Makes accounts."""

    def person(email: str = "wang@example.com", **columns: Any) -> Any:
        return get_user_model().objects.create_user(email=email, password="a-long-password-1", **columns)

    return person
