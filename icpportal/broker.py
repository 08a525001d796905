"""Celery's broker on files, for one machine without Redis: kombu's, with messages that appear whole or not at all."""

import os
import uuid
from pathlib import Path
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu writes a message under the name that workers look for; one that looks while it is written dies of it."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: object) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}"  # in the order they were sent
        unfinished = folder / f"{name}.part"
        unfinished.write_text(dumps(payload))
        os.replace(unfinished, folder / f"{name}.msg")


class Transport(filesystem.Transport):
    """`CELERY_BROKER_TRANSPORT` where no Redis is."""

    Channel = Channel
