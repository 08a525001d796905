"""The buttons of a case that waits for a second look."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.models import User
from icpportal.approvals.models import ApprovalRequest
from transfers.models import Order
from transfers.review import actions as review
from transfers.review import decisions
from transfers.review.cases.buttons import Contradicted, case_action
from transfers.review.cases.drafts import VERDICTS, TypedText
from transfers.review.cases.judgement import Judgement, case_judged, lacking_in
from transfers.review.cases.moves import no_justified_objection
from transfers.review.cases.parts.verdicts import RETURN
from transfers.review.cases.second.forms import SECOND, SendToFirstForm
from transfers.second_look.queries import forget, open_look

GONE = gettext_lazy("This order does not wait for a second look any more")


def _look(order: Order) -> ApprovalRequest:
    asked = open_look(order)
    if asked is None:
        raise Contradicted(str(GONE))
    if not asked.asked_by.has_perm(asked.needed_to_ask):  # nobody could carry out what they had accepted
        forget(order, now=timezone.now())
        words = _("%(name)s has left: the order is judged again, by you or a colleague")
        raise Contradicted(words % {"name": asked.asked_by})
    return asked


def marks(case: Judgement) -> list[str]:
    """The parts that the second person would return."""
    return [part for part, verdict in case.verdicts.items() if verdict.said == RETURN]


def _marked_parts(case: Judgement) -> list[str]:
    """Those parts; raises `Contradicted` when there are none."""
    if named := marks(case):
        return named
    raise Contradicted(_("Mark at least one part that is not in order, or confirm"))


@case_action("", decides=False, opens="second")
def _to_second(order: Order, reviewer: User, typed: TypedText) -> None:
    _look(order)


@case_action("", decides=False, opens="second")
def _to_first(order: Order, reviewer: User, typed: TypedText) -> None:
    """Opens the page for returning; without a mark that page would confirm instead."""
    _look(order)
    _marked_parts(case_judged(order, typed))


@case_action(gettext_lazy("Confirmed: the order goes to the authority"), uses=(*VERDICTS, f"{SECOND}-"))
def _confirm(order: Order, reviewer: User, typed: TypedText) -> None:
    _look(order)
    case = case_judged(order, typed)
    if not case.tally.is_whole:
        raise Contradicted(_("Not confirmed: %(parts)s") % {"parts": lacking_in(order, case.tally)})
    no_justified_objection(order)
    decisions.decide(order, reviewer, review.confirm, {})


@case_action(
    gettext_lazy("The order is back with who accepted it"), form_name="second_form", uses=(*VERDICTS, f"{SECOND}-")
)
def _send_to_first(order: Order, reviewer: User, typed: TypedText) -> SendToFirstForm | None:
    _look(order)
    form = SendToFirstForm(typed.fields)
    named = _marked_parts(case_judged(order, typed))
    if not form.is_valid():
        return form
    left = {name: text for name, text in typed.fields.items() if name.partition(".")[2] in named}
    answer: decisions.DecisionContent = {"parts": named, "words": form.cleaned_data["words"], "marks": left}
    decisions.decide(order, reviewer, review.send_to_first, answer)
    return None
