"""The versions of the ministry's interface; `settings.MIIT_VERSION` selects one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.documents import v30
from icpportal.gateways.miit.documents.types import Download
from icpportal.gateways.miit.types import Attachment, Report


class Build(Protocol):
    """Writes a report."""

    def __call__(self, report: Report, *, isp_id: int, own_id: int, pictures: Callable[[Attachment], bytes]) -> bytes:
        """The report as a document; raises `NotEncodable`."""


class Redactor(Protocol):
    """Redacts a document for display."""

    def __call__(self, xml: bytes, *, attachments: bool) -> bytes:
        """The document as it may be shown; raises `MalformedDocument`."""


@dataclass(frozen=True)
class Version:
    """One version of the interface: `read` raises `MalformedDocument`, `build` and `validate` raise `NotEncodable`."""

    number: str
    build: Build
    read: Callable[[bytes], Download]
    validate: Callable[[bytes], None]
    redact: Redactor


VERSIONS = {
    v30.NUMBER: Version(v30.NUMBER, build=v30.build, read=v30.read, validate=v30.validate, redact=v30.redact),
}


def version() -> Version:
    """The version of `settings.MIIT_VERSION`."""
    try:
        return VERSIONS[settings.MIIT_VERSION]
    except KeyError as error:
        raise ImproperlyConfigured(f"MIIT_VERSION must be one of {', '.join(VERSIONS)}") from error
