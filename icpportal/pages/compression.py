"""Pages leave compressed."""

from django.http.request import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "image/svg+xml")


class CompressedTexts(GZipMiddleware):
    """Compresses text alone: pictures and archives are compressed already, and style sheets were when collected.

    Django's own middleware makes the length of what is compressed random, so that nobody learns from it what a page
    holds (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
