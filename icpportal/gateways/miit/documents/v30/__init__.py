"""The ministry's documents of V3.0 (October 2013)."""

from icpportal.gateways.miit.documents.schema import validate
from icpportal.gateways.miit.documents.v30.download import read
from icpportal.gateways.miit.documents.v30.redaction import redact
from icpportal.gateways.miit.documents.v30.upload import NUMBER, build

__all__ = ["NUMBER", "build", "read", "redact", "validate"]
