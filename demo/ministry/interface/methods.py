"""The six methods: what each does once a call is admitted, and the one string it returns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from lxml import etree

from demo.ministry import clock
from demo.ministry.code_texts import METHOD_WORDS
from demo.ministry.desk import auto_progress
from demo.ministry.files import download_queue, envelope
from demo.ministry.files.writer import DECLARATION, VERSION, Child, node
from demo.ministry.interface.access_checks import Ask, refusal
from demo.ministry.models import FailedPassword, Filing, Site, Upload

HIGHEST_SEQUENCE = 2**31 - 1
MOST_MISSING = 100  # numbers named in one answer
BY_DOMAIN, CERTIFICATES = 0, range(1, 12)
SHORTEST_CONDITION, LONGEST_CONDITION = 4, 255
WRONG_DIGEST = "AAAAAAAAAAAAAAAAAAAAAA=="


@dataclass(frozen=True)
class Outcome:
    """A return code with the method's parts, and an addition to its words."""

    code: int
    parts: tuple[Child, ...] = ()
    more: str = ""


def inner_document(outcome: Outcome, *, extras: bool = False) -> str:
    """The inner document: declares GBK although it travels inside UTF-8, and keeps to GBK characters."""
    words = METHOD_WORDS.get(outcome.code, METHOD_WORDS[999]) + outcome.more
    root = node("return", ("msg_code", outcome.code), ("msg", words), *outcome.parts)
    root.set("version", VERSION)
    if extras:
        for element in [root, *root.iterchildren()]:
            if len(element):
                etree.SubElement(element, "xzd").text = "后来版本的字段"
    text: str = etree.tostring(root, encoding="unicode")
    return DECLARATION + text.encode("gbk", "xmlcharrefreplace").decode("gbk")


def answer(method: str, arguments: dict[str, str], striking: dict[str, str]) -> Outcome:
    """The answer of a method to these arguments under these faults."""
    ask = Ask(method, arguments, striking, clock.conduct(), clock.now())
    code = refusal(ask)
    if code is None:
        return METHODS[method](ask)
    if code == 20:
        return Outcome(20, more=f"：每日{ask.conduct.opens}至{ask.conduct.closes}")
    if code == 14:
        return missing(1, 1)
    return Outcome(code)


def missing(first: int, last: int) -> Outcome:
    """14, with the numbers that must come first."""
    rows = [("dataSequence", number) for number in range(first, min(last, first + MOST_MISSING - 1) + 1)]
    return Outcome(14, (node("dataSequences", *rows),))


def _keys(encrypted: bool) -> dict[str, str]:
    return {"key": settings.MIIT_AES_KEY, "iv": settings.MIIT_AES_IV} if encrypted else {}


def upload(ask: Ask) -> Outcome:
    """Accepts a file that is whole and has the next number; it is processed later."""
    encrypted = ask.number("encryptalgorithm") == 1
    try:
        file = envelope.unpack(ask.text("beianinfo"), ask.text("beianinfohash"), **_keys(encrypted))
    except envelope.Refusal as problem:
        return Outcome(problem.code)
    if "sequence" in ask.faults:
        return missing(int(ask.faults["sequence"]), int(ask.faults["sequence"]))
    sequence, isp_id = ask.number("datasequence"), ask.number("ispid")
    try:
        with transaction.atomic():
            following = last_sequence(isp_id) + 1
            if sequence != following:
                return missing(following, max(following, min(sequence, HIGHEST_SEQUENCE) - 1))
            Upload.objects.create(
                isp_id=isp_id,
                sequence=sequence,
                name=file.name[:200],
                body=file.body,
                digest=file.digest,
                encrypted=encrypted,
                at=ask.moment,
            )
    except IntegrityError:  # another call with the same number was faster
        return missing(sequence + 1, sequence + 1)
    return Outcome(0)


def last_sequence(isp_id: int) -> int:
    """The number of the last accepted file, 0 before the first."""
    return Upload.objects.filter(isp_id=isp_id).aggregate(last=Max("sequence"))["last"] or 0


def previous(ask: Ask) -> Outcome:
    """The last accepted file; number 0 and empty before the first."""
    last = Upload.objects.filter(isp_id=ask.number("ispid")).order_by("-sequence").first()
    if last is None:
        return Outcome(0, (_file("", "", "", encrypted=False, sequence=0),))
    info = envelope.wrap(bytes(last.body), **_keys(last.encrypted))
    digest = WRONG_DIGEST if "hash" in ask.faults else last.digest
    return Outcome(0, (_file(last.name, info, digest, encrypted=last.encrypted, sequence=last.sequence),))


def _file(name: str, info: str, digest: str, *, encrypted: bool, sequence: int | None = None) -> etree._Element:
    element = node("fileInfos", ("hashAlgorithm", 0), ("compressionFormat", 0), ("encryptAlgorithm", int(encrypted)))
    if sequence is not None:
        etree.SubElement(element, "dataSequence").text = str(sequence)
    for part, value in (("return_FileName", name), ("beianInfo", info), ("beianInfoHash", digest)):
        etree.SubElement(element, part).text = value
    return element


def download(ask: Ask) -> Outcome:
    """The file due next: 3 while more wait, 1 with the last, 2 when there is none; or 0 always."""
    auto_progress.settle()
    if "bare" in ask.faults:
        return Outcome(3)
    file, more = download_queue.waiting(newest_first=ask.conduct.newest_first)
    if file is None:
        return Outcome(2)
    encrypted = settings.MIIT_ENCRYPT if ask.conduct.encrypt is None else ask.conduct.encrypt
    body = envelope.pack(file.name, bytes(file.xml))
    if "cut" in ask.faults:
        body = body[: len(body) // 2]
    digest = WRONG_DIGEST if "hash" in ask.faults else envelope.digest_of(body)
    download_queue.count_delivery(file)
    counted = 3 if more else 1
    code = 0 if ask.conduct.codes_of_download == "zero" else counted
    return Outcome(code, (_file(file.name, envelope.wrap(body, **_keys(encrypted)), digest, encrypted=encrypted),))


def acknowledge(ask: Ask) -> Outcome:
    """The provider has stored the file: it is not sent again."""
    name = ask.text("filename").strip()
    if not name:
        return Outcome(21)
    return Outcome(0 if download_queue.acknowledge(name, moment=ask.moment, again="again" in ask.faults) else 999)


def status(ask: Ask) -> Outcome:
    """Whether it is on record: by domain (0) with the site's name and number, by certificate (1 to 11) without."""
    kind, condition = ask.number("queryconditiontype"), ask.text("querycondition").strip()
    if not SHORTEST_CONDITION <= len(condition) <= LONGEST_CONDITION:
        return Outcome(999, more="：查询条件长度应为4至255")
    if kind not in (BY_DOMAIN, *CERTIFICATES):
        return Outcome(999, more="：查询条件类型错误")
    site = Site.objects.select_related("filing").filter(domain=condition.lower()).first() if kind == 0 else None
    filing = Filing.objects.filter(id_type_code=kind, id_number=condition.upper()).first() if kind else None
    number = site.filing.number if site else filing.number if filing else ""
    details = node(
        "StatusInfo",
        ("Cxtjlx", kind),
        ("Cxtj", condition),
        ("Wzmc", site.name if site else None),
        ("Ztbah", number),
        ("Wzbah", site.number if site else None),
        ("Bazt", 0 if number else 1),
    )
    return Outcome(0, (details,))


def verify(ask: Ask) -> Outcome:
    """Whether the password belongs to the subject number; 22 after too many wrong ones in the window."""
    number, conduct = ask.text("baxh").strip(), ask.conduct
    since = ask.moment - timedelta(seconds=conduct.wrong_window)
    if FailedPassword.objects.filter(number=number, at__gt=since).count() >= conduct.wrong_passwords:
        return Outcome(22, more=f"：超过{conduct.wrong_passwords}次，请稍后再试")
    filing = Filing.objects.filter(number=number).first()
    right = filing is not None and filing.password == ask.text("bamm")
    if not right:
        FailedPassword.objects.create(number=number[:128], at=ask.moment)
    verdict = "0" if right else "1"
    return Outcome(0, (("VerifyRes", f"\n    {verdict}\n  " if "padded" in ask.faults else verdict),))


METHODS: dict[str, Callable[[Ask], Outcome]] = {
    "upload": upload,
    "download": download,
    "acknowledge": acknowledge,
    "previous": previous,
    "status": status,
    "password": verify,
}
