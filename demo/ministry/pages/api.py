"""Everything the pages can do, as JSON, for `manage.py simulator`, the demo's seed and tests."""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from demo.ministry import clock, examples, faults, registry
from demo.ministry.api.rows import (
    Answer,
    BlockGiven,
    ClockGiven,
    DecisionGiven,
    EntryGiven,
    PictureRow,
    PushGiven,
    ReportRow,
    ResetGiven,
)
from demo.ministry.desk import actions, auto_progress, processor
from demo.ministry.faults import NoSuchSwitch
from demo.ministry.files import unsolicited
from demo.ministry.files.envelope import only_entry
from demo.ministry.models import Blocked, Download, Province, Report, Text
from demo.ministry.pages import serializers as show
from icpportal.fields.types import Json

View = Callable[..., HttpResponse]
Query = dict[str, str]  # the parameters of a GET


class Problem(Exception):
    """A request that cannot be carried out; `status` is HTTP's."""

    def __init__(self, words: str, *, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


def endpoint(get: Callable[..., Answer] | None = None, post: Callable[..., Answer] | None = None) -> View:
    """A view that takes and gives JSON; any other content type is refused, so that no page can forge a request."""

    @csrf_exempt
    def view(request: HttpRequest, **captured: str | int) -> HttpResponse:
        try:
            if request.method == "GET" and get is not None:
                return _json(get(dict(request.GET.items()), **captured))
            if request.method == "POST" and post is not None:
                return _json(post(_json_body(request), **captured))
        except Problem as problem:
            return _json({"error": str(problem)}, status=problem.status)
        except ValidationError as problem:
            return _json({"error": "; ".join(problem.messages)}, status=400)
        except NoSuchSwitch as problem:
            return _json({"error": str(problem)}, status=400)
        except KeyError as missing:
            return _json({"error": f"{missing.args[0]} is missing"}, status=400)
        except ObjectDoesNotExist as problem:
            return _json({"error": str(problem)}, status=404)
        except (TypeError, ValueError, IntegrityError) as problem:
            return _json({"error": f"{type(problem).__name__}: {problem}"[:300]}, status=400)
        return _json({"error": "method not allowed"}, status=405)

    return view


def _json(value: Answer, *, status: int = 200) -> HttpResponse:
    return JsonResponse(value, safe=False, status=status, json_dumps_params={"ensure_ascii": False})


def _json_body(request: HttpRequest) -> dict[str, Json]:
    if request.content_type != "application/json":
        raise Problem("send application/json", status=415)
    given = json.loads(request.body or b"{}")
    if not isinstance(given, dict):
        raise Problem("expected a JSON object")
    return given


def status(_given: Query) -> Answer:
    """The state of the authority."""
    auto_progress.settle()
    return show.status()


def reports(given: Query) -> Answer:
    """Reports, filtered."""
    auto_progress.settle()
    limit = int(given.pop("limit", show.SHOWN))
    return [show.report(row) for row in show.reports(**given)[:limit]]


def _report(key: str) -> Report:
    auto_progress.settle()
    found = show.with_key(key)
    if found is None:
        raise Problem(f"no report {key}", status=404)
    return found


def report(_given: Query, key: str) -> Answer:
    """One report with its file as it came, and the files that answered it."""
    row = _report(key)
    xml = only_entry(bytes(row.upload.body))[1].decode("gb18030", "replace")
    attached = processor.attachments_of(row)
    pictures: list[PictureRow] = [{"purpose": one.purpose, "content": one.content} for one in attached]
    files = [show.download(file) for file in row.downloads.all()]
    found: ReportRow = {**show.report(row), "xml": xml, "pictures": pictures, "downloads": files}
    return found


def decide(given: DecisionGiven, key: str) -> Answer:
    """Records the authority's decision."""
    row = _report(key)
    if given["decision"] not in actions.DECISIONS:
        raise Problem(f"a decision is one of {', '.join(actions.DECISIONS)}")
    done = actions.decide(row, given["decision"], code=str(given.get("code", "")), words=str(given.get("words", "")))
    if not done:
        raise Problem("this report was decided before", status=409)
    row.refresh_from_db()
    return show.report(row)


def decide_all(given: DecisionGiven) -> Answer:
    """Records the same decision for every report that waits; returns how many."""
    auto_progress.settle_all()
    waiting = list(show.reports(stage=Report.WAITING).order_by("pk"))
    code, words = str(given.get("code", "")), str(given.get("words", ""))
    return {"decided": sum(actions.decide(row, given["decision"], code=code, words=words) for row in waiting)}


def texts(given: Query) -> Answer:
    """Texts that were sent."""
    auto_progress.settle()
    return show.texts(given.get("mobile", ""), given.get("domain", ""), given.get("report", ""))


def enter(given: EntryGiven) -> Answer:
    """Enters a code as on the ministry's site."""
    entry = actions.enter_code(str(given["mobile"]), str(given["tail"]), str(given["code"]))
    return {"state": entry.state, "left": entry.left}


def resend(_given: dict[str, Json], text: int) -> Answer:
    """Sends a new code to the same mobile."""
    row = Text.objects.filter(pk=text).first()
    if row is None:
        raise Problem("no such text", status=404)
    if not actions.resend(row):
        raise Problem("nobody waits for this code any more", status=409)
    row.refresh_from_db()
    return show.text(row)


def switches(_given: Query) -> Answer:
    """The switches that are on."""
    return [show.fault(row) for row in faults.switched_on()]


def switch(given: dict[str, Any]) -> Answer:
    """Sets one switch, or lifts all of them."""
    if given.pop("lift", False):
        faults.lift()
    if given:
        faults.switch(**given)
    return switches({})


def filings(given: Query) -> Answer:
    """The filings on record."""
    rows = show.filings(given.get("number", ""), given.get("domain", ""))
    return [show.filing(row) for row in rows[: int(given.get("limit", show.SHOWN))]]


def put_filings(given: dict[str, Any]) -> Answer:
    """Puts one (`filing`) or many (`filings`) on record."""
    wanted = given["filings"] if "filings" in given else [given["filing"]]
    rows = registry.add_filings([_filing(one) for one in wanted])
    return {"numbers": [row.number for row in rows]}


def _filing(given: dict[str, Any]) -> registry.FilingOnFile:
    sites = tuple(
        registry.SiteOnFile(**{**site, "providers": tuple(site.get("providers", (registry.OTHER_NAME,)))})
        for site in given.pop("sites")
    )
    lead, administrator = registry.Person(**given.pop("lead")), registry.Person(**given.pop("administrator"))
    return registry.FilingOnFile(**given, lead=lead, administrator=administrator, sites=sites)


def provinces(_given: Query) -> Answer:
    """How provinces treat reports."""
    return [show.province(row) for row in Province.objects.order_by("code")]


def put_provinces(given: dict[str, Any]) -> Answer:
    """Sets one (`province`) or many (`provinces`)."""
    for one in given["provinces"] if "provinces" in given else [given["province"]]:
        registry.set_province(**one)
    return provinces({})


def conduct(_given: Query) -> Answer:
    """How the authority behaves."""
    return show.conduct(clock.conduct())


def put_conduct(given: dict[str, Json]) -> Answer:
    """Changes how the authority behaves."""
    if strange := set(given) - set(clock.SETTABLE):
        raise Problem(f"no such setting: {', '.join(sorted(strange))}")
    return show.conduct(clock.set_conduct(**given))


def advance(given: ClockGiven) -> Answer:
    """Puts the clock forward."""
    clock.advance_clock(int(given["seconds"]))
    auto_progress.settle()
    return {"now": show.moment(clock.now())}


def block(given: BlockGiven) -> Answer:
    """Puts a domain or a document number on the blacklist, or takes it off."""
    registry.block(given["kind"], given["value"], on=bool(given.get("on", True)))
    return [{"kind": row.kind, "value": row.value} for row in Blocked.objects.order_by("pk")]


def downloads(given: Query) -> Answer:
    """Files for the provider, newest first."""
    rows = Download.objects.select_related("report__upload").order_by("-pk")
    return [show.download(row) for row in rows[: int(given.get("limit", show.SHOWN))]]


def push(given: PushGiven) -> Answer:
    """Queues a file nobody asked for."""
    if given["kind"] not in unsolicited.KINDS and "xml" not in given:
        kinds = ", ".join(sorted(unsolicited.KINDS))
        raise Problem(f"there is no kind of file {given['kind']}: choose one of {kinds}, or give its content")
    return show.download(unsolicited.push(**given))


def reset(given: ResetGiven) -> Answer:
    """Deletes reports, texts and files, with `world` the filings on record too; resets switches and clock."""
    examples.reset(world=bool(given.get("world")))
    return show.status()


urlpatterns = [
    path("", endpoint(get=status)),
    path("reports/", endpoint(get=reports)),
    path("reports/decide", endpoint(post=decide_all)),
    path("reports/<str:key>", endpoint(get=report)),
    path("reports/<str:key>/decide", endpoint(post=decide)),
    path("texts/", endpoint(get=texts)),
    path("texts/enter", endpoint(post=enter)),
    path("texts/<int:text>/resend", endpoint(post=resend)),
    path("faults/", endpoint(get=switches, post=switch)),
    path("filings/", endpoint(get=filings, post=put_filings)),
    path("provinces/", endpoint(get=provinces, post=put_provinces)),
    path("conduct/", endpoint(get=conduct, post=put_conduct)),
    path("clock/", endpoint(post=advance)),
    path("blocked/", endpoint(post=block)),
    path("downloads/", endpoint(get=downloads)),
    path("push/", endpoint(post=push)),
    path("reset/", endpoint(post=reset)),
]
