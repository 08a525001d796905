"""Random references of rows can be typed into commands and addresses."""

import secrets

from icpportal.database.references import random_reference


def test_a_reference_never_begins_like_an_option_of_a_command(monkeypatch) -> None:
    drawn = iter(["-7fhWhpZIoiX", "--hWhpZIoiXX", "p7fh-hpZIoi-"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _size: next(drawn))

    assert random_reference(9) == "p7fh-hpZIoi-"
