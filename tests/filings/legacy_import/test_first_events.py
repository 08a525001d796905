"""An import and a claim begin together with their first event: a process that dies between the two leaves neither."""

import pytest

from filings.legacy_import import actions
from filings.legacy_import.claims import claims
from filings.models import LegacyAccount, LegacyClaim, LegacyClaimEvent, LegacyImport, LegacyImportEvent, LegacyRecord
from tests.filings.legacy_import.dumps import filing, personal
from tests.rivals import just_before

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(Exception):
    """The process dies."""


def die() -> None:
    raise Killed


def test_an_import_whose_first_event_was_not_written_has_not_begun(old, lin):
    old(filing())
    account = LegacyAccount.objects.get()

    with just_before("INSERT", die, of=LegacyImportEvent), pytest.raises(Killed):
        actions.begin(lin, account)

    assert not LegacyImport.objects.exists()
    assert "prove" in [event.move for event in actions.begin(lin, account).events.all()]


def test_a_claim_whose_first_event_was_not_written_has_not_begun(old, lin):
    old(personal())
    record = LegacyRecord.objects.get()

    with just_before("INSERT", die, of=LegacyClaimEvent), pytest.raises(Killed):
        claims.begin(lin, record)

    assert not LegacyClaim.objects.exists()
    assert [event.move for event in claims.begin(lin, record).events.all()] == ["begin"]
