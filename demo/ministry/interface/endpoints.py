"""The HTTP side of the services: envelopes in and out, and connections dropped when a switch says so."""

import base64
import binascii
import json
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from demo.ministry import faults
from demo.ministry.desk import auto_progress
from demo.ministry.interface import methods, soap, wsdl
from demo.ministry.models import Report
from icpportal.privacy.masks import mask_mobile

logger = logging.getLogger("icpportal.simulator")

# operation of the interface → its method here
OPERATIONS = {
    "isp_upload": "upload",
    "isp_download": "download",
    "isp_downloadack": "acknowledge",
    "isp_querypreviousupload": "previous",
    "isp_querybeianstatus": "status",
    "isp_verifybamm": "password",
}
NONSENSE = "<html><head><title>502</title></head><body><h1>502 Bad Gateway</h1></body></html>"
MOST_REPORTS = 100  # in one query about phones
SLEEPERS = threading.BoundedSemaphore(24)  # of 32 threads: the rest serve the pages, to switch the fault off


class PhoneRow(TypedDict):
    """One phone of a report, and when it confirmed."""

    role: str
    mobile_masked: str
    sent_at: str
    confirmed_at: str | None
    wrong: int


@csrf_exempt
def service(request: HttpRequest, service: str) -> HttpResponse:
    """One of the three services: its WSDL for GET, its operations for POST."""
    if request.method in ("GET", "HEAD"):
        if "wsdl" not in {name.lower() for name in request.GET}:
            return HttpResponse("A SOAP service: ?wsdl says what it offers.", status=405, content_type="text/plain")
        address = request.build_absolute_uri(request.path)
        return HttpResponse(wsdl.document(service, address), content_type=soap.CONTENT_TYPE)
    if request.method != "POST":
        return HttpResponse(status=405)
    try:
        call = soap.read(_body(request))
        if call.operation not in wsdl.SERVICES[service].operations:
            raise soap.MalformedCall(f"no such operation here: {call.operation[:100]}")
    except soap.MalformedCall as problem:
        words = soap.fault(str(problem), code=problem.code)
        return HttpResponse(words, status=500, content_type=soap.CONTENT_TYPE)
    return _answer(request, call)


def _body(request: HttpRequest) -> bytes:
    """The whole body, chunked ones too, up to `LARGEST_REQUEST`."""
    if "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        return request.body
    body: bytes = request.META["wsgi.input"].read(settings.LARGEST_REQUEST + 1)
    if len(body) > settings.LARGEST_REQUEST:
        raise soap.MalformedCall("larger than this service takes")
    return body


def _answer(request: HttpRequest, call: soap.Call) -> HttpResponse:
    began = time.monotonic()
    method = OPERATIONS[call.operation]
    striking = faults.on_calls(method)
    if (trouble := _suffer(request, striking)) is not None:
        return trouble
    outcome = methods.answer(method, call.arguments, striking)
    logger.info(
        call.operation,
        extra={
            "sequence": call.arguments.get("datasequence", "")[:20],
            "returned": outcome.code,
            "ms": round((time.monotonic() - began) * 1000),
        },
    )
    if "lost" in striking and outcome.code == 0:
        return _drop(request)
    text = methods.inner_document(outcome, extras="extra" in striking)
    return HttpResponse(soap.answer(call.operation, text), content_type=soap.CONTENT_TYPE)


def _suffer(request: HttpRequest, striking: dict[str, str]) -> HttpResponse | None:
    """What a broken server or a proxy in front of it would answer; None when the call goes through."""
    if "down" in striking:
        return _drop(request)
    if "slow" in striking:
        if not SLEEPERS.acquire(blocking=False):
            return _drop(request)
        try:
            time.sleep(float(striking["slow"]))
        finally:
            SLEEPERS.release()
    if "http" in striking:
        return HttpResponse("Internal Server Error", status=int(striking["http"]), content_type="text/plain")
    if "garbage" in striking:
        return HttpResponse(NONSENSE, content_type="text/html")
    return None


def _drop(request: HttpRequest) -> HttpResponse:
    """Closes the connection without an answer."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return HttpResponse(status=503)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answers that the process is up."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def phones(request: HttpRequest, isp_id: int, own_id: int) -> HttpResponse:
    """Who confirmed, by the provider's own number of its access; our extension, not part of V3.0."""

    def respond() -> JsonResponse:
        found = _phones(isp_id, [own_id])
        return JsonResponse(found[own_id]) if found else JsonResponse({"error": "no such report"}, status=404)

    return _of_phones(request, isp_id, respond)


@require_safe
def phones_of(request: HttpRequest, isp_id: int) -> HttpResponse:
    """The same for several accesses, `?reports=` lists their numbers with commas; unknown ones are left out."""
    numbers = [int(number) for number in request.GET.get("reports", "").split(",") if number.isdecimal()]
    if not 0 < len(numbers) <= MOST_REPORTS:
        return JsonResponse({"error": f"1 to {MOST_REPORTS} reports"}, status=400)
    return _of_phones(request, isp_id, lambda: JsonResponse({"reports": _phones(isp_id, numbers)}))


def _of_phones(request: HttpRequest, isp_id: int, respond: Callable[[], JsonResponse]) -> HttpResponse:
    """The provider's answer about phones, unless a switch says otherwise."""
    striking = faults.on_calls("phones")
    if (trouble := _suffer(request, striking)) is not None:
        return trouble
    if "code" in striking:
        return HttpResponse(status=503)
    if not _knows(request) or isp_id != settings.MIIT_ISP_ID:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="phones"'})
    auto_progress.settle()
    answer = respond()
    if "extra" in striking:
        answer.content = json.dumps({**json.loads(answer.content), "version": "later"}).encode()
    return answer


def _phones(isp_id: int, numbers: list[int]) -> dict[int, dict[str, list[PhoneRow]]]:
    """The phones by number; the newest report of each counts."""
    reports = Report.objects.filter(own_id__in=numbers, upload__isp_id=isp_id).prefetch_related("texts")
    return {
        report.own_id or 0: {
            "phones": [
                {
                    "role": text.role,
                    "mobile_masked": mask_mobile(text.mobile),
                    "sent_at": text.sent_at.isoformat(),
                    "confirmed_at": text.confirmed_at.isoformat() if text.confirmed_at else None,
                    "wrong": text.wrong,
                }
                for text in report.texts.all()
            ]
        }
        for report in reports.order_by("pk")
    }


def _knows(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{settings.MIIT_USER}:{settings.MIIT_PASSWORD}".encode()
    return scheme.lower() == "basic" and secrets.compare_digest(given, expected)
