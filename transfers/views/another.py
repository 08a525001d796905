"""Transfer another ICP filing (继续接入备案): choose the subject, see what is used again or what stands in the way."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from filings import certificates
from filings.models import Subject
from filings.queries import subjects_of
from icpportal.accounts.access import confirmed_required
from icpportal.privacy.masks import mask_name, mask_number
from transfers import asking_type, reuse
from transfers.another import DomainForm, Door, doors
from transfers.models import TypeCheck
from transfers.rules_shown import brief


@confirmed_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The account's subjects; with one of them there is nothing to choose."""
    found = doors(request.user)
    if len(found) == 1:
        return redirect(found[0].url)
    return render(request, "transfers/another_choose.html", {"doors": found})


@confirmed_required
def another(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is used again, and the domain; or the order that has to end first. A stranger's subject is 404."""
    subject = get_object_or_404(subjects_of(request.user), pk=pk)
    found = doors(request.user)
    door = next(each for each in found if each.subject.pk == subject.pk)
    form = DomainForm(request.POST or None, subject=subject, initial=_earlier(request, subject))
    if request.method == "POST" and door.is_open and form.is_valid():
        check = asking_type.ask(request.user, form)
        if check is not None:
            return redirect("verify-type-outcome", check.reference)
    return render(request, "transfers/another.html", _context(request, door, form, has_others=len(found) > 1))


def _earlier(request: HttpRequest, subject: Subject) -> dict[str, str]:
    """The domain of an earlier try of this account about this subject, named by its reference."""
    reference = request.GET.get("from", "")
    check = TypeCheck.objects.filter(reference=reference, owner=request.user).first() if reference else None
    asked = check is not None and check.answers["subject_key"] == subject.subject_key
    return {"domain": check.answers["domain"]} if check is not None and asked else {}


def _context(request: HttpRequest, door: Door, form: DomainForm, *, has_others: bool) -> dict[str, Any]:
    subject = door.subject
    document = certificates.CERTIFICATES[subject.id_type]
    return {
        "door": door,
        "form": form,
        "subject": subject,
        "facts": {
            "document": document.label,
            "number": mask_number(subject.id_number),
            "lead": mask_name(subject.lead.name) if subject.lead else "",
        },
        "offers": [_offer(each) for each in reuse.for_subject(request.user, subject)] if door.is_open else [],
        "has_others": has_others,
        **brief(asking_type.rules(subject.region), subject.nature),
    }


def _offer(offer: reuse.Offer) -> dict[str, Any]:
    person = offer.earlier.person
    return {"offer": offer, "person": mask_name(person.name) if person else ""}
