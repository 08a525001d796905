"""Compression of responses."""

from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "image/svg+xml")


class CompressedTexts(GZipMiddleware):
    """Compresses text only: pictures and archives are compressed already, style sheets when collected.

    Django's own middleware randomises the compressed length, so that it does not reveal a page's content (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
