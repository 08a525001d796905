"""The functions of a case's buttons; `case_action` explains buttons."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import REFUSE as REFUSAL
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from icpportal.fields.form_types import Choice, Posted
from icpportal.fields.language_marks import sign
from icpportal.lifecycle import MoveNotAllowed
from icpportal.privacy.fields import seal_value
from transfers.calls import actions as calls
from transfers.calls.people import people_of
from transfers.calls.queries import UNREACHED, is_unreached
from transfers.models import ColleagueNote, Order
from transfers.objections.queries import is_contested
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.returns.labels import label_of, section_of
from transfers.review import actions as review
from transfers.review import decisions, leases, purposes, refusals
from transfers.review.cases import drafts
from transfers.review.cases.buttons import ON_MORE, Contradicted, case_action
from transfers.review.cases.drafts import VERDICTS, Fields, TypedText
from transfers.review.cases.forms import AskCallForm, AskForm, HandOnForm, PhotoForm, RefuseForm, ReturnForm
from transfers.review.cases.judgement import case_judged, judgement_of, lacking_in, photo_judged
from transfers.review.cases.parts.masks import masks_of
from transfers.review.cases.parts.parts import parts_of
from transfers.review.cases.parts.photo_rules import reasons_lost, unmet
from transfers.review.cases.unused import ANSWER_TO, CALL, PHOTO, REFUSE
from transfers.review.staff import colleagues_of

PHOTO_RULES = ("verdict.photo.",)
RETURN, FINAL = "return_form", "refuse_form"
KEEP, SHOW = "keep", "show"
SHOW_WORDS_MAX = 120  # in addition to a listed reason
NOTE_MAX = 400  # for a note or an answer; their fields have the same limit
SAME_NOTE = timedelta(minutes=1)  # in which the same words come from a second press
MOVED = gettext_lazy("The order has changed. This is its current state")
ELSEWHERE = gettext_lazy("Nothing was decided: you typed more in another window. Read it all, then decide")
MORE_ELSEWHERE = gettext_lazy("Saved. You typed more in another window: press Save to see it all")


@case_action(gettext_lazy("What you typed is saved. Only you see it"), decides=False, stays=True)
def _keep(order: Order, reviewer: User, typed: TypedText) -> None:
    """Does nothing more: everything was stored when it came in."""


@case_action("", decides=False, opens="return")
def _to_return(order: Order, reviewer: User, typed: TypedText) -> None:
    form = return_form(order, typed, None)
    if not form.verdicts:
        raise Contradicted(_("Mark at least one part to return, or accept the order"))
    if faults := form.faults():
        words = [words for fault in faults.values() for words in fault.messages]
        raise Contradicted(sign("; ").join(words), part=next(iter(faults)))


@case_action("", decides=False, opens="accept")
def _to_accept(order: Order, reviewer: User, typed: TypedText) -> None:
    tally = case_judged(order, typed).tally
    if not tally.is_whole:
        raise Contradicted(_("Accepting is not open yet: %(parts)s") % {"parts": lacking_in(order, tally)})


@case_action(gettext_lazy("Discarded"), decides=False, stays=True)
def _discard(order: Order, reviewer: User, typed: TypedText) -> None:
    drafts.forget_unused(order, reviewer, typed.came)


@case_action(gettext_lazy("Written down: you can see the case for 30 minutes"), decides=False, stays=True)
def _look(order: Order, reviewer: User, typed: TypedText) -> None:
    words = str(typed.posted.get("look-words", "")).strip()
    if not purposes.is_reason(words):
        raise Contradicted(_("Say in a few words what you need to see the case for"))
    purposes.say(order, reviewer, words, client=typed.client)


@case_action(gettext_lazy("Shown in full, and written down"), decides=False, stays=True)
def _show(order: Order, reviewer: User, typed: TypedText) -> None:
    """The button names the part after a colon."""
    part = str(typed.posted.get("move", "")).partition(":")[2]
    if part not in masks_of(order):
        raise Contradicted(_("This value is not masked"))
    if purposes.purpose_of(order, reviewer) is None:
        raise Contradicted(_("Say in a few words what you need to see the case for"))
    chosen = str(typed.posted.get(f"show-reason.{part}", ""))
    words = str(typed.posted.get(f"show-words.{part}", "")).strip()[:SHOW_WORDS_MAX]
    reason = purposes.show_reason(chosen, words)
    if not reason:
        raise Contradicted(_("Not shown: choose why, or say it in a few words"), part=part)
    purposes.show(order, reviewer, part, reason, client=typed.client)


@case_action(gettext_lazy("The order is yours for 30 minutes"), decides=False, stays=True)
def _claim(order: Order, reviewer: User, typed: TypedText) -> None:
    leases.assign_to_me(order, reviewer)


@case_action(gettext_lazy("The order is back in the queue"), decides=False)
def _release(order: Order, reviewer: User, typed: TypedText) -> None:
    if not leases.release(order, reviewer):
        if not is_in(order, Group.IN_REVIEW):
            raise MoveNotAllowed(f"release from {order.state}")
        raise Contradicted(_("You do not have this order, so it cannot be released by you"))


@case_action(gettext_lazy("The order is yours now"), permission="lead_review", decides=False, stays=True)
def _take_over(order: Order, reviewer: User, typed: TypedText) -> None:
    former = order.reviewer if leases.is_held(order) else None
    leases.take_over(order, reviewer)
    if former and former != reviewer:
        ColleagueNote.objects.create(order=order, kind=ColleagueNote.HANDED_ON, author=reviewer, addressee=reviewer)


@case_action(gettext_lazy("Accepted"), form_name=RETURN, uses=VERDICTS)
def _accept(order: Order, reviewer: User, typed: TypedText) -> None:
    case = judgement_of(order, typed)
    if not case.tally.is_whole:
        raise Contradicted(_("Not accepted: %(parts)s") % {"parts": lacking_in(order, case.tally)})
    _no_refusal_typed(typed)
    no_justified_objection(order)
    decisions.decide(order, reviewer, review.accept, {"fine": case.fine})


def no_justified_objection(order: Order) -> None:
    """Raises for an order with a justified objection: nobody accepts it."""
    if is_contested(order):
        raise Contradicted(_("Not accepted: an objection to this order is justified. Return it, or ask for a refusal"))


def _no_refusal_typed(typed: TypedText) -> None:
    if any(typed.fields.get(f"{REFUSE}-{name}", "").strip() for name in ("words", "words_en")):
        raise Contradicted(_("Not accepted: empty the reason for refusing first"))


@case_action(gettext_lazy("Returned to the applicant"), form_name=RETURN, uses=VERDICTS)
def _send_back(order: Order, reviewer: User, typed: TypedText) -> ReturnForm | None:
    form = return_form(order, typed, typed.fields)
    if not form.is_valid():
        return form
    named, fine = [decisions.named_as(each) for each in form.returned_fields()], judgement_of(order, typed).fine
    why, rest = form.cleaned_data["why"], form.tally.rest_passed
    decisions.decide(order, reviewer, review.send_back, {"named": named, "fine": fine, "why": why, "rest_passed": rest})
    return None


def return_form(order: Order, typed: TypedText, data: Fields | None) -> ReturnForm:
    """The form of a return from the verdicts on the parts."""
    case = judgement_of(order, typed)
    says_so = any(each.reason == UNREACHED for each in case.verdicts.values())
    may = is_unreached(order) if says_so else True
    return ReturnForm(
        data,
        order=order,
        verdicts=case.verdicts,
        tally=case.tally,
        late=case.kept,
        may_be_unreached=may,
        seen=str(typed.posted.get("versions", "")),
    )


@case_action(gettext_lazy("The photo is accepted"), uses=PHOTO_RULES)
def _accept_photo(order: Order, reviewer: User, typed: TypedText) -> None:
    case = photo_judged(order, typed)
    if not case.tally.is_whole:
        raise Contradicted(_("Not accepted: %(parts)s") % {"parts": lacking_in(order, case.tally)})
    if any(typed.fields.get(f"{PHOTO}-{name}", "").strip() for name in ("reason", "words", "words_en")):
        raise Contradicted(_("Not accepted: ask for a new photo, or empty its reason and words first"))
    _no_refusal_typed(typed)
    no_justified_objection(order)
    decisions.decide(order, reviewer, review.accept_photo, {"fine": case.fine})


@case_action(
    gettext_lazy("A new photo was asked for"),
    form_name="photo_form",
    prefix=PHOTO,
    uses=(f"{PHOTO}-", *PHOTO_RULES),
)
def _refuse_photo(order: Order, reviewer: User, typed: TypedText) -> PhotoForm | None:
    case = photo_judged(order, typed)
    rules = unmet(case.verdicts)
    form = PhotoForm(
        typed.fields, prefix=PHOTO, order=order, ways=queries.rules_of(order).photo_ways, has_rules=bool(rules)
    )
    held = form.reasons_of_rules
    if lost := reasons_lost(rules, held):
        raise Contradicted(_("These reasons are not in the catalogue any more: %(reasons)s") % {"reasons": lost})
    if not form.is_valid():
        return form
    named = [decisions.named_as(review.returned_field(order, part, held[key], {})) for part, key in rules.items()]
    besides = form.returned_field()
    if besides.reason or besides.own:
        named.append(decisions.named_as(besides))
    decisions.decide(order, reviewer, review.refuse_photo, {"named": named, "fine": case.fine})
    return None


@case_action(
    gettext_lazy("The call is in the list of calls, and the applicant may choose a time"),
    page=ON_MORE,
    form_name="call_form",
    uses=(f"{CALL}-",),
    decides=False,
    stays=True,
)
def _call(order: Order, reviewer: User, typed: TypedText) -> AskCallForm | None:
    form = ask_call_form(order, part_choices(order), dict(typed.posted.items()) | typed.fields)
    if not form.is_valid():
        return form
    asked = form.cleaned_data
    try:
        calls.ask(order, reviewer, role=asked["to"], about=asked["words"], part=asked["part"])
    except calls.CallRefused as refused:
        raise Contradicted(str(refused.words)) from refused
    return None


def ask_call_form(
    order: Order, parts: list[Choice], data: Posted | None = None, initial: Fields | None = None
) -> AskCallForm:
    """The form of whom to call about which of the parts."""
    return AskCallForm(data, people=people_of(order), parts=parts, initial=initial)


def part_choices(order: Order) -> list[Choice]:
    """The parts of the case to choose from."""
    return [(part, f"{section_of(part)} · {label_of(part)}") for part in parts_of(order)]


@case_action(
    gettext_lazy("Refused"),
    permission="lead_review",
    page=ON_MORE,
    form_name=FINAL,
    prefix=REFUSE,
    uses=(f"{REFUSE}-",),
    asked=gettext_lazy("Nothing is refused yet: a second person has to allow it"),
    proof=gettext_lazy("Nothing is asked yet: confirm that it is you, then press Refuse the order again"),
)
def _refuse(order: Order, reviewer: User, typed: TypedText) -> RefuseForm | None:
    form = RefuseForm(typed.fields, prefix=REFUSE)
    if not form.is_valid():
        return form
    used = {name: text for name, text in typed.fields.items() if name.startswith(f"{REFUSE}-")}
    refusals.refuse(order, reviewer, form.own(), typed=used)
    return None


@case_action(
    gettext_lazy("Allowed"),
    permission="lead_review",
    decides=False,
    stays=True,
    proof=gettext_lazy("Nothing is done yet: confirm that it is you, then press Allow again"),
)
def _allow_request(order: Order, reviewer: User, typed: TypedText) -> None:
    approvals.allow(_request(order, typed), actor=reviewer)


@case_action(gettext_lazy("Declined: the order stays as it is"), permission="lead_review", decides=False, stays=True)
def _decline_request(order: Order, reviewer: User, typed: TypedText) -> None:
    asked = _request(order, typed)
    approvals.decline(asked, actor=reviewer)
    _give_back(order, asked)


@case_action(gettext_lazy("Your request is withdrawn"), decides=False, stays=True)
def _withdraw_request(order: Order, reviewer: User, typed: TypedText) -> None:
    asked = _request(order, typed)
    approvals.withdraw(asked, actor=reviewer)
    _give_back(order, asked)


@case_action(gettext_lazy("The order is yours again: judge it yourself"), decides=False, stays=True)
def _judge_again(order: Order, reviewer: User, typed: TypedText) -> None:
    """Ends the wait for a second look; the order goes back to the person who accepted it."""
    asked = _request(order, typed, SUBMIT)
    with transaction.atomic():
        locked = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)  # before the request, as `confirm` does
        approvals.withdraw(asked, actor=reviewer)
        leases.take_over(locked, reviewer)
    _give_back(order, asked)


def _give_back(order: Order, asked: ApprovalRequest) -> None:
    """Gives back to the asker the fields that the request was made of."""
    drafts.put_back(order, asked.asked_by, asked.said.get("typed", {}))


def _request(order: Order, typed: TypedText, kind: str = REFUSAL) -> ApprovalRequest:
    """The open request as the page showed it, not a later one with other words."""
    return approvals.request_shown(kind, order.pk, typed.posted.get("request"))


@case_action(gettext_lazy("Your decision is undone: nothing has happened"), decides=False, stays=True)
def _take_back(order: Order, reviewer: User, typed: TypedText) -> None:
    waiting = leases.open_decision(order)
    if waiting is None or not decisions.take_back(order, reviewer):
        raise Contradicted(_("It cannot be undone any more"))
    drafts.put_back(order, reviewer, waiting.said.get("typed", {}))


@case_action(
    gettext_lazy("The order is your colleague's now"),
    page=ON_MORE,
    form_name="hand_on_form",
    uses=("hand-",),
    decides=False,
)
def _hand_on(order: Order, reviewer: User, typed: TypedText) -> HandOnForm | None:
    form = HandOnForm(typed.posted, colleagues=list(colleagues_of(reviewer)))
    if not form.is_valid():
        return form
    colleague = colleagues_of(reviewer).get(pk=form.cleaned_data["to"])
    leases.hand_on(order, reviewer, colleague, form.cleaned_data["words"])
    drafts.give(order, reviewer, colleague)
    return None


@case_action(
    gettext_lazy("Your question is with your colleague"),
    page=ON_MORE,
    form_name="ask_form",
    uses=("ask-",),
    decides=False,
    stays=True,
)
def _ask(order: Order, reviewer: User, typed: TypedText) -> AskForm | None:
    form = AskForm(typed.posted, colleagues=list(colleagues_of(reviewer)), parts=part_choices(order))
    if not form.is_valid():
        return form
    asked = form.cleaned_data
    with transaction.atomic():
        _one_by_one(order)
        if purposes.open_questions().filter(order=order, part=asked["part"]).exists():
            raise Contradicted(_("A question about this part is open already"))
        ColleagueNote.objects.create(
            order=order,
            kind=ColleagueNote.QUESTION,
            part=asked["part"],
            author=reviewer,
            addressee=colleagues_of(reviewer).get(pk=asked["to"]),
            words=asked["words"],
        )
    return None


@case_action(
    gettext_lazy("Your answer is with your colleague"), page=ON_MORE, uses=(ANSWER_TO,), decides=False, stays=True
)
def _answer(order: Order, reviewer: User, typed: TypedText) -> None:
    """The button names the question after a colon."""
    key = str(typed.posted.get("move", "")).partition(":")[2]
    words = typed.posted.get(f"{ANSWER_TO}{key}", "").strip()[:NOTE_MAX]
    waiting = purposes.open_questions().filter(order=order, addressee=reviewer)
    asked = next((each for each in waiting if str(each.pk) == key), None)
    if asked is not None and not words:
        raise Contradicted(_("Write your answer first"))
    if asked is None or not _store_answer(asked, reviewer, words):
        raise Contradicted(_("This question has been answered, or was not asked of you"))


def _store_answer(asked: ColleagueNote, reviewer: User, words: str) -> bool:
    """Whether this answer was stored: not when another was sent at the same moment, from a second window."""
    asked.answer = words
    columns = {"answer": seal_value(asked, "answer"), "answered_by": reviewer, "answered_at": timezone.now()}
    return bool(ColleagueNote.objects.filter(pk=asked.pk, answered_at=None).update(**columns))


@case_action(gettext_lazy("Your note is kept with the order"), page=ON_MORE, uses=("note-",), decides=False, stays=True)
def _note(order: Order, reviewer: User, typed: TypedText) -> None:
    words = str(typed.posted.get("note-words", "")).strip()[:NOTE_MAX]
    if not words:
        raise Contradicted(_("Write your note first"))
    with transaction.atomic():
        _one_by_one(order)
        mine = order.colleague_notes.filter(kind=ColleagueNote.NOTE, author=reviewer)
        latest = mine.filter(at__gt=timezone.now() - SAME_NOTE).last()
        if latest is None or latest.words != words:
            ColleagueNote.objects.create(order=order, kind=ColleagueNote.NOTE, author=reviewer, words=words)


def _one_by_one(order: Order) -> None:
    """Questions and notes about an order are written one after the other, so that the second press finds the first."""
    order.refresh_from_db(fields=["state"], from_queryset=Order.objects.select_for_update(of=("self",)))
