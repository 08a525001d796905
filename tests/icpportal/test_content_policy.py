"""The policy of where a page may load from."""

import pytest
from csp.constants import NONCE
from csp.decorators import csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from icpportal.middleware import ContentPolicy

HEADER = "Content-Security-Policy"


def plain(_request):
    return HttpResponse("<p>")


@pytest.fixture
def answered(rf):
    """The header that a middleware gives the answer of a view."""

    def answer(middleware, view=plain):
        return middleware(view)(rf.get("/")).headers[HEADER]

    return answer


def test_a_page_has_the_policy_that_the_library_would_write(answered):
    assert answered(ContentPolicy) == answered(CSPMiddleware)
    assert "default-src 'none'" in answered(ContentPolicy)


def test_the_policy_is_written_once_and_again_when_the_settings_change(rf, settings, monkeypatch):
    written = []

    def write():
        written.append(1)
        return f"policy {len(written)}"

    monkeypatch.setattr("icpportal.middleware.build_policy", write)
    middleware = ContentPolicy(plain)
    assert [middleware(rf.get("/")).headers[HEADER] for _ in range(3)] == ["policy 1"] * 3
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"]}}
    assert middleware(rf.get("/")).headers[HEADER] == "policy 2"


def test_a_page_with_a_policy_of_its_own_keeps_it(answered):
    own = csp_update({"img-src": ["https://pictures.example.com"]})(plain)
    assert "img-src 'self' https://pictures.example.com" in answered(ContentPolicy, own)
    assert "https://pictures.example.com" not in answered(ContentPolicy)


def test_a_page_that_uses_a_nonce_is_allowed_its_script(rf):
    @csp_update({"script-src": [NONCE]})
    def with_nonce(request):
        return HttpResponse(str(request.csp_nonce))

    answer = ContentPolicy(with_nonce)(rf.get("/"))
    assert f"'nonce-{answer.content.decode()}'" in answer.headers[HEADER]


def test_a_policy_that_a_view_wrote_itself_stays(answered):
    def own(_request):
        return HttpResponse("", headers={HEADER: "sandbox"})

    assert answered(ContentPolicy, own) == "sandbox"
