"""Lays out the statement: the form on the left, a guide for the reader beside it, on as many A4 pages as needed."""

import io
import threading
from dataclasses import fields

from reportlab.lib.units import mm

from icpportal.fields.types import Words
from verification.statement import words
from verification.statement.facts import StatementFacts
from verification.statement.glyphs import BOX, code_point, missing
from verification.statement.layout import FORM_WIDTH, LEFT, PAD, RULE, SEAL_RED, SOFT, Paper, blank

DOMAINS_A_ROW = 6
SIGN_HEIGHT, SEAL_HEIGHT = 34 * mm, 50 * mm
RULED_LINES, RULED_HEIGHT = 5, 9 * mm


USUAL_PAGES = 1
# the font reader keeps its file position as state, and all own texts share a scratch canvas: two threads drawing at
# once would mix up their sheets
one_at_a_time = threading.Lock()


def pdf(facts: StatementFacts) -> bytes:
    """The sheet of one order; drawn again when its number of pages, which each page names, is not the usual one."""
    with one_at_a_time:
        content, pages = draw(facts, pages=USUAL_PAGES)
        return content if pages == USUAL_PAGES else draw(facts, pages=pages)[0]


def draw(facts: StatementFacts, *, pages: int) -> tuple[bytes, int]:
    target = io.BytesIO()
    canvas = blank(target)
    canvas.setTitle(f"{words.TITLE} {facts.reference}")
    paper = Paper(canvas, reference=facts.reference, pages=pages)
    for part in (head, subject, website, access, record, sign):
        part(paper, facts)
    canvas.save()
    return target.getvalue(), paper.page


def head(paper: Paper, facts: StatementFacts) -> None:
    paper.text(LEFT, paper.y - 8 * mm, words.TITLE, 21, bold=0.5)
    paper.text(LEFT, paper.y - 14 * mm, str(words.TITLE_GUIDE), 9, colour=SOFT)
    paper.line(LEFT, paper.y - 17.5 * mm, LEFT + FORM_WIDTH, SEAL_RED, 1.6)
    date = f"{facts.date.year} 年 {facts.date.month} 月 {facts.date.day} 日"
    line = "　　".join(filter(None, [f"订单号：{facts.reference}", facts.province, f"填表日期：{date}"]))
    paper.text(LEFT, paper.y - 23 * mm, line, 9)
    paper.y -= 27 * mm
    paper.guide(words.USE_GUIDE)
    if rare := rare_characters(facts):
        paper.guide(words.MISSING_GUIDE)
        missed = "　".join(f"{BOX} = {code_point(letter)}" for letter in rare)
        paper.note(words.MISSING_NOTE + missed)


def rare_characters(facts: StatementFacts) -> list[str]:
    """Lists every character of the answers that the font lacks at the head, so that none is overlooked."""
    return missing("".join(text for part in fields(facts) for text in texts(getattr(facts, part.name))))


def texts(value: str | tuple[str, ...] | int | None) -> list[str]:
    """The texts of one answer."""
    if isinstance(value, tuple):
        return [text for text in value if isinstance(text, str)]
    return [value] if isinstance(value, str) else []


def section(paper: Paper, title: str, rows: list[tuple[str, str]]) -> None:
    paper.ensure_room(30 * mm)
    paper.guide(words.GUIDES[title])
    paper.heading(title)
    for label, value in rows:
        if value:
            paper.row(label, value)


def subject(paper: Paper, facts: StatementFacts) -> None:
    rows = [
        ("主体名称", facts.subject_name),
        ("主体性质", facts.nature),
        ("证件类型", facts.certificate_type),
        ("证件号码", facts.number),
        ("主体负责人", facts.subject_lead),
    ]
    section(paper, words.SUBJECT, rows)


def website(paper: Paper, facts: StatementFacts) -> None:
    domains = facts.domains
    grouped = [domains[at : at + DOMAINS_A_ROW] for at in range(0, len(domains), DOMAINS_A_ROW)]
    rows = [
        ("网站名称", facts.site_name),
        *(("域名" if not number else "域名（续）", "　".join(group)) for number, group in enumerate(grouped)),
        ("注册商简称", facts.registrar),
        ("网站负责人", facts.administrator),
    ]
    section(paper, words.WEBSITE, rows)
    if facts.registrar:
        paper.guide(words.REGISTRAR_GUIDE)


def access(paper: Paper, facts: StatementFacts) -> None:
    rows = [
        ("接入服务商", facts.provider),
        ("IP 地址", facts.ip),
        ("接入方式", facts.access_method),
        ("服务器放置地", facts.server_place),
    ]
    section(paper, words.ACCESS, rows)


def record(paper: Paper, facts: StatementFacts) -> None:  # noqa: ARG001 -- a part like the others
    section(paper, words.RECORD, [])
    paper.frame(23 * mm)
    for number, text in enumerate(words.RECORD_TICKS):
        left = LEFT + PAD + (number % 2) * FORM_WIDTH / 2
        paper.tick(left, paper.y - 5.5 * mm - (number // 2) * 6 * mm, text)
    paper.text(LEFT + PAD, paper.y - 19 * mm, words.RECORD_SIGN, 9)
    paper.y -= 23 * mm


def sign(paper: Paper, facts: StatementFacts) -> None:
    """Keeps the pledge and every place to sign on one page."""
    height = SEAL_HEIGHT if facts.seal else SIGN_HEIGHT
    paper.ensure_room(37 * mm + height + (handwriting_height(facts) if facts.handwriting else 0))
    section(paper, words.PLEDGE, [])
    paper.body(words.PLEDGE_UNIT if facts.seal else words.PLEDGE_PERSON, *words.PLEDGE_LINES)
    if facts.handwriting:
        handwriting(paper, facts)
    paper.guide(words.SIGN_GUIDE, *beside(facts))
    boxes(paper, facts, height)


def beside(facts: StatementFacts) -> list[Words]:
    asked = [
        (facts.seal, words.SEAL_GUIDE),
        (facts.fingerprint, words.FINGERPRINT_GUIDE),
    ]
    return [text for wanted, text in asked if wanted]


def boxes(paper: Paper, facts: StatementFacts, height: float) -> None:
    """Draws the signature, and beside it the seal or fingerprint where required."""
    right = 50 * mm * facts.seal + 34 * mm * facts.fingerprint
    width = FORM_WIDTH - right
    paper.box(LEFT, width, height, words.SIGN)
    paper.text(LEFT + width / 2, paper.y - height / 2 - 1 * mm, words.SIGN_HERE, 17, colour=RULE, anchor="middle")
    paper.text(LEFT + PAD, paper.y - height + 3 * mm, words.SIGN_DATE, 9)
    at = LEFT + width
    for wanted, wide, radius, title, said in (
        (facts.seal, 50 * mm, 20 * mm, words.SEAL, words.SEAL_HERE),
        (facts.fingerprint, 34 * mm, 11 * mm, words.FINGERPRINT, words.FINGERPRINT_HERE),
    ):
        if wanted:
            paper.box(at, wide, height, title)
            paper.circle(at + wide / 2, paper.y - height / 2 - 2 * mm, radius, said)
            at += wide
    paper.y -= height


def handwriting_height(facts: StatementFacts) -> float:
    return 12 * mm + RULED_LINES * RULED_HEIGHT + (16 * mm if facts.handwriting_text else 6 * mm)


def handwriting(paper: Paper, facts: StatementFacts) -> None:
    """Draws ruled lines for the pledge, below the authority's wording where it is known."""
    height = handwriting_height(facts)
    paper.guide(words.HANDWRITING_GUIDE)
    paper.box(LEFT, FORM_WIDTH, height, words.HANDWRITING)
    paper.words_at(paper.y - 7 * mm, facts.handwriting_text or words.HANDWRITING_PROMPT)
    for number in range(RULED_LINES):
        line = paper.y - height + 4 * mm + number * RULED_HEIGHT
        paper.line(LEFT + PAD, line, LEFT + FORM_WIDTH - PAD)
    paper.y -= height
