"""Answers of other systems are classified in one place, for every gateway that uses HTTP."""

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.http_responses import check_status, json_object


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_refused_with_its_status(status):
    with pytest.raises(Refused) as refusal:
        check_status(status, "they")

    assert refusal.value.code == str(status)


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 503])
def test_a_server_error_is_temporary(status):
    with pytest.raises(Retryable):
        check_status(status, "they")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_passes_unless_only_one_status_is_valid(status):
    check_status(status, "they")

    if status != 200:
        with pytest.raises(Retryable):
            check_status(status, "they", good=(200,))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"\xff"])
def test_nonsense_is_temporary(body):
    with pytest.raises(Retryable):
        json_object(body, "they")


def test_an_object_is_returned():
    assert json_object(b'{"id": 1}', "they") == {"id": 1}
