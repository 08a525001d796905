"""Every state of an order, one row each: what it is called, whose turn it is, what its date means, what can follow.

What differs for one kind of order stands in `kinds.py`. It imports no model: the columns of orders read it as well.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from transfers.orders import rows
from transfers.orders.rows import OVER_WITHOUT_RESULT, OWNERS_TURN, REPORTED, REVIEWED, Group, Instead, State

WE_ANSWER_BY, SEND_AGAIN_BY = _("Answer due by"), _("Resubmit by")

DRAFT = State(
    key="draft",
    label=pgettext_lazy("state", "Draft"),
    heading=_("Continue your order"),
    sentence=_("Fill it in and submit it by %(due)s, or it will be closed"),
    turn=rows.YOU,
    tone="slate",
    icon="circle-dashed",
    part=rows.PAPERS,
    groups=OWNERS_TURN | {Group.EDITABLE, Group.PROOFS_EXPIRE, Group.BACKDROP_OFFERED},
    date=_("Kept until"),
    calendar=_("Submit the draft: order %(ref)s"),
    kept="DRAFT_KEPT",
    reminder="draft_reminder",
    clock="expire_draft",
    ends_on_page=True,
    button=_("Continue"),
    page="first_unanswered",
    upload=rows.UPLOAD_PAPERS,
    blocks=rows.FINISH_OR_ABANDON,
)
SUBMITTED = State(
    key="submitted",
    label=_("Waiting for review"),
    heading=_("We are reviewing your order"),
    sentence=_("We will answer by %(due)s. Keep your phone reachable: we may call"),
    instead=(rows.CALL_MISSED,),
    turn=rows.WE,
    tone="blue",
    icon="hourglass",
    part=rows.PAPERS,
    groups=REVIEWED | {Group.PAPERS_IN_REVIEW},
    date=WE_ANSWER_BY,
    promised_by=rows.WE,
    stuck_after=timedelta(days=3),
    panels=("call", "backdrop"),
    unavailable=((rows.CHANGE, _("our reviewers are reading it; withdraw it, or wait for our answer")),),
    blocks=rows.WITH_US,
    queue="review",
)
RETURNED = State(
    key="returned",
    label=_("Changes needed"),
    heading=ngettext_lazy("%(n)s thing to change", "%(n)s things to change", "n"),
    sentence=_("Resubmit by %(due)s, or the order will be closed. You can change only what is named below"),
    instead=(rows.NOTHING_TO_CHANGE,),
    turn=rows.YOU,
    tone="amber",
    icon="pencil",
    part=rows.PAPERS,
    groups=OWNERS_TURN | {Group.EDITABLE, Group.RETURNED, Group.KEEPS_PASSWORD, Group.BACKDROP_OFFERED},
    date=SEND_AGAIN_BY,
    calendar=_("Make changes and resubmit: order %(ref)s"),
    kept="RETURNED_KEPT",
    reminder="returned_reminder",
    clock="expire_draft",
    ends_on_page=True,
    button=_("Make changes"),
    page="people",
    upload=rows.UPLOAD_PAPERS,
    unavailable=(
        (_("Change something else"), _("you can change only what was returned")),
        (rows.WITHDRAW, _("it is waiting for you; abandon it if you no longer need it")),
    ),
    blocks=rows.FINISH_OR_ABANDON,
)
PHOTO_DUE = State(
    key="photo_due",
    label=_("Photo needed"),
    heading=_("Submit the photo of the website administrator"),
    sentence=_("Details and documents are accepted. Submit the photo by %(due)s, or the order will be closed"),
    instead=(rows.PHOTO_RETURNED,),
    turn=rows.YOU,
    tone="amber",
    icon="portrait",
    part=rows.PHOTO,
    groups=OWNERS_TURN | {Group.PHOTO_WANTED, Group.PHOTO_STEP, Group.BACKDROP_OFFERED},
    date=_("Submit the photo by"),
    calendar=_("Send the photo: order %(ref)s"),
    kept="WAITS_KEPT",
    reminder="photo_reminder",
    clock="expire",
    ends_on_page=True,
    stage=rows.PHOTO,
    button=_("Upload the photo"),
    page="photo",
    upload=rows.UPLOAD_PHOTO,
    panels=("backdrop",),
    unavailable=(
        (rows.CHANGE, _("details and documents are accepted; to change them, withdraw the order and start again")),
    ),
    blocks=_("Order %(ref)s is open: finish or withdraw it first"),
)
PHOTO_REVIEW = State(
    key="photo_review",
    label=_("Photo in review"),
    heading=_("We are checking the photo"),
    sentence=_("We will answer by %(due)s"),
    instead=(rows.CALL_MISSED,),
    turn=rows.WE,
    tone="blue",
    icon="circle-half",
    part=rows.PHOTO,
    groups=REVIEWED | {Group.PHOTO_IN_REVIEW, Group.PHOTO_STEP},
    date=WE_ANSWER_BY,
    promised_by=rows.WE,
    stuck_after=timedelta(days=3),
    stage=rows.PHOTO,
    panels=("call", "backdrop"),
    unavailable=(
        (rows.CHANGE, _("details and documents are accepted")),
        (rows.WITHDRAW, _("we are looking at the photo; wait for our answer")),
    ),
    blocks=rows.WAIT_FOR_US,
    queue="photo",
)
HANDING_OVER = State(
    key="handing_over",
    label=_("Ready to submit"),
    heading=_("We are submitting your order to the authority"),
    sentence=_("We will submit it to the authority by %(due)s. You do not need to do anything"),
    instead=(
        Instead("held", _("We submit it once we have fixed the problem. You do not need to do anything")),
        Instead(
            "waits_for_answer",
            _(
                "The authority has not answered your earlier submission yet and takes no second one before that. "
                "If it approves, this order is approved. If it returns it, we submit again. There is nothing to do"
            ),
        ),
        Instead(
            "waits_for_id",
            _(
                "The authority has not given us its number for this access yet. We submit your request as soon as"
                " it does. You do not need to do anything"
            ),
        ),
    ),
    turn=rows.WE,
    tone="blue",
    icon="outgoing",
    part=rows.PHONES,
    groups=REPORTED | {Group.ANSWERED_BY_US, Group.BEING_SUBMITTED},
    date=_("Submitted to the authority by"),
    promised_by=rows.WE,
    stuck_after=timedelta(hours=1),
    unavailable=((rows.CHANGE, rows.ON_ITS_WAY), (rows.WITHDRAW, rows.ON_ITS_WAY)),
    blocks=rows.WAIT_FOR_AUTHORITY,
    queue="handing",
    queue_label=_("Being submitted to the authority"),
)
PHONE_DUE = State(
    key="phone_due",
    label=_("Phone verification due"),
    heading=_("Verify the phones"),
    sentence=_("Verify the phones by %(due)s, or the order is returned to you"),
    turn=rows.YOU,
    tone="amber",
    icon="phone-flag",
    part=rows.PHONES,
    groups=OWNERS_TURN | REPORTED | {Group.PHONES_OPEN},
    date=_("Verify by"),
    calendar=_("Phone verification: order %(ref)s"),
    clock="lapse",
    over=_("The deadline was %(due)s. We are getting the final result from the authority. It will appear on this page"),
    stage=rows.PHONES,
    button=_("Verify the phones"),
    page="phones",
    unavailable=((rows.CHANGE, rows.IT_IS_WITH_AUTHORITY), (rows.WITHDRAW, rows.IT_IS_WITH_AUTHORITY)),
    blocks=rows.WAIT_FOR_AUTHORITY,
    blocks_over=rows.WAIT_FOR_AUTHORITY,
    queue="phones",
)
AUTHORITY_REVIEW = State(
    key="authority_review",
    label=_("With the authority"),
    heading=_("The authority is reviewing your order"),
    sentence=_("Usually 3 to 20 working days. You cannot change or withdraw anything now. We will tell you the result"),
    instead=(
        Instead(
            "waits_for_other_decision",
            _(
                "The authority must decide another request for this filing first, shown below. We report your "
                "order again every day until then. If the other request is yours, you can withdraw it where you "
                "made it to speed this up"
            ),
        ),
        Instead("takes_long", _("The authority takes longer than usual. We are asking. There is nothing to do")),
    ),
    turn=rows.AUTHORITY,
    tone="violet",
    icon="building",
    part=rows.WITH_AUTHORITY,
    groups=REPORTED | {Group.IN_AUTHORITY_REVIEW, Group.PHONES_BEHIND},
    date=_("Result usually by"),
    promised_by=rows.AUTHORITY,
    panels=("waits_for",),
    unavailable=((rows.CHANGE, rows.IT_IS_WITH_AUTHORITY), (rows.WITHDRAW, rows.IT_IS_WITH_AUTHORITY)),
    blocks=rows.WAIT_FOR_AUTHORITY,
    queue="authority",
)
LAPSED = State(
    key="lapsed",
    label=pgettext_lazy("state", "Expired"),
    heading=_("Resubmit your order"),
    sentence=_("Nothing is lost. Resubmit it unchanged by %(due)s, or the order will be closed"),
    instead=(
        Instead(
            "cannot_be_sent_again",
            _("The phones were not verified. Something has expired since: change it, then resubmit"),
            heading=_("Make changes and resubmit"),
        ),
        Instead(
            "number_differs",
            _("Nothing is lost. Resubmit after that, by %(due)s, or the order will be closed"),
            heading=_("Have the number on the filing changed first"),
        ),
    ),
    turn=rows.YOU,
    tone="slate",
    icon="flag-crossed",
    part=rows.PHONES,
    groups=OWNERS_TURN | {Group.LAPSED, Group.AWAITS_VERDICT, Group.CAN_BE_PUT_OFF, Group.KEEPS_PASSWORD},
    date=SEND_AGAIN_BY,
    calendar=_("Resubmit: order %(ref)s"),
    kept="WAITS_KEPT",
    reminder="lapsed_reminder",
    clock="expire",
    panels=("lapsed",),
    unavailable=((rows.WITHDRAW, _("it was returned to you; abandon it if you no longer need it")),),
    blocks=rows.FINISH_OR_ABANDON,
)
AUTHORITY_RETURNED = State(
    key="authority_returned",
    label=_("Returned by the authority"),
    heading=_("Make changes and resubmit"),
    sentence=_("The authority returned it. Resubmit by %(due)s, or the order will be closed"),
    instead=(rows.SETTLED_ELSEWHERE,),
    turn=rows.YOU,
    tone="amber",
    icon="return",
    part=rows.WITH_AUTHORITY,
    groups=OWNERS_TURN | {Group.TURNED_DOWN, Group.AWAITS_VERDICT, Group.PHONES_BEHIND, Group.KEEPS_PASSWORD},
    date=SEND_AGAIN_BY,
    calendar=_("Make changes and resubmit: order %(ref)s"),
    kept="WAITS_KEPT",
    reminder="authority_return_reminder",
    clock="expire",
    panels=("said",),
    unavailable=((rows.WITHDRAW, _("the authority has answered; abandon the order if you no longer need it")),),
    blocks=rows.FINISH_OR_ABANDON,
    queue="turned_down",
)
APPROVED = State(
    key="approved",
    label=pgettext_lazy("state", "Approved"),
    heading=_("%(domain)s is on file with us"),
    sentence=_("Website number %(number)s"),
    instead=(rows.ACCESS_ENDED,),
    turn=rows.NOBODY,
    tone="plain",
    icon="seal",
    part=rows.END,
    groups=frozenset({Group.ENDED, Group.APPROVED, Group.ARRIVED, Group.PHONES_BEHIND}),
    panels=("result",),
)
REFUSED = State(
    key="refused",
    label=pgettext_lazy("state", "Refused"),
    heading=_("Your order was refused"),
    sentence=_("%(reason)s. You can start again"),
    turn=rows.NOBODY,
    tone="red",
    icon="cross-square",
    part=rows.END,
    groups=frozenset({Group.ENDED, Group.GRANT_MAY_COME, Group.STARTS_AGAIN}),
    refused_by=rows.WE,
)
WITHDRAWN = State(
    key="withdrawn",
    label=pgettext_lazy("state", "Withdrawn"),
    heading=_("You withdrew the order"),
    sentence=_("You can start again with these answers until %(due)s"),
    instead=(
        Instead("consent_withdrawn", rows.NO_CONSENT, heading=_("The order is closed")),
        Instead("kept_no_more", _("A new order for this domain is possible")),
    ),
    turn=rows.NOBODY,
    tone="slate",
    icon="take-back",
    part=rows.END,
    groups=OVER_WITHOUT_RESULT,
)
ABANDONED = State(
    key="abandoned",
    label=pgettext_lazy("state", "Abandoned"),
    heading=_("You abandoned the order"),
    sentence=_("A new order for this domain is possible"),
    turn=rows.NOBODY,
    tone="slate",
    icon="circle-minus",
    part=rows.END,
    groups=OVER_WITHOUT_RESULT,
)
EXPIRED = State(
    key="expired",
    label=_("Time ran out"),
    heading=_("Closed: not submitted in time"),
    sentence=_("You can start again with these answers until %(due)s"),
    instead=(Instead("kept_no_more", _("A new order for this domain is possible")),),
    turn=rows.NOBODY,
    tone="slate",
    icon="clock-off",
    part=rows.END,
    groups=OVER_WITHOUT_RESULT,
)
COOLING_OFF = State(
    key="cooling_off",
    label=_("Can still be stopped"),
    heading=_("You can still stop the cancellation"),
    sentence=_("The cancellation will be submitted on %(due)s. You can stop it until then"),
    turn=rows.YOU,
    tone="amber",
    icon="pause",
    part=rows.COOLING,
    groups=frozenset({Group.WAITS_FOR_OWNER}),  # needs no action, but its owner can still stop it
    date=_("Can be stopped until"),
    calendar=_("Cancellation to be submitted: order %(ref)s"),
    clock="cooled",
    ends_on_page=True,
    over=_("The deadline was %(due)s. The cancellation is being submitted and can no longer be stopped"),
    blocks_over=rows.CANCEL_SENT,
    blocks=_("Order %(ref)s cancels a transfer and can still be stopped: stop it, or wait for the result"),
)
CANCELLED = State(
    key="cancelled",
    label=_("Transfer cancelled"),
    heading=_("The transfer of %(domain)s is cancelled"),
    sentence=_("The number stays valid"),
    instead=(rows.FILING_IS_GONE,),
    turn=rows.NOBODY,
    tone="slate",
    icon="bridge-open",
    part=rows.END,
    groups=frozenset({Group.ENDED, Group.ARRIVED, Group.LAST_WORD_SAID}),
    panels=("cancelled",),
)

STATES: tuple[State, ...] = (
    DRAFT, SUBMITTED, RETURNED, PHOTO_DUE, PHOTO_REVIEW, HANDING_OVER, PHONE_DUE, AUTHORITY_REVIEW,
    LAPSED, AUTHORITY_RETURNED, APPROVED, REFUSED, WITHDRAWN, ABANDONED, EXPIRED, COOLING_OFF, CANCELLED,
)  # fmt: skip
BY_KEY = {state.key: state for state in STATES}


def time_limited_keys() -> tuple[str, ...]:
    """The keys of the states in which an order waits for its owner for a limited time."""
    return tuple(state.key for state in STATES if state.kept)


def keys(group: Group) -> tuple[str, ...]:
    """The keys of the states of a group, in the order of the table."""
    return tuple(state.key for state in STATES if group in state.groups)
