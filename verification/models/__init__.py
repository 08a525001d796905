"""Rows about what was verified. None of them knows an order: `holder` says to what they belong."""

from verification.models.backdrops import Backdrop, BackdropEvent, BackdropStock
from verification.models.consents import Consent, ConsentRequest
from verification.models.documents import Document, DocumentState
from verification.models.file_rounds import FileRound
from verification.models.filing_passwords import WrongPassword
from verification.models.phone_proofs import PhoneProof
from verification.models.phone_uploads import PhoneUpload
from verification.models.places import PhotoPlace, PlaceChoice
from verification.models.service_codes import CodeHandover, HandoverState, ServiceCode, ServiceCodeState

__all__ = [
    "Backdrop",
    "BackdropEvent",
    "BackdropStock",
    "CodeHandover",
    "Consent",
    "ConsentRequest",
    "Document",
    "DocumentState",
    "FileRound",
    "HandoverState",
    "PhoneUpload",
    "PhoneProof",
    "PhotoPlace",
    "PlaceChoice",
    "ServiceCode",
    "ServiceCodeState",
    "WrongPassword",
]
