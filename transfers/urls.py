"""Addresses of orders; the reference is in the address, ownership in every query."""

from django.urls import path

from transfers.views import (
    by_phone,
    check,
    dashboard,
    documents,
    hand_off,
    moves,
    order,
    people,
    phones,
    photo,
    start,
    typecheck,
    wizard,
)

ORDER = "transfers/<str:reference>/"

urlpatterns = [
    path("", start.start, name="start"),
    path("filings/", dashboard.dashboard, name="dashboard"),
    path("filings/<uuid:pk>/", dashboard.filing, name="filing"),
    path("regions/", typecheck.region_options, name="region-options"),
    path("transfers/new/", typecheck.verify_type, name="verify-type"),
    path("transfers/new/<str:reference>/", typecheck.outcome, name="verify-type-outcome"),
    path("transfers/new/<str:reference>/start/", typecheck.start_order, name="verify-type-start"),
    path("transfers/new/<str:reference>/objection/", typecheck.objection, name="objection"),
    path("documents/<str:reference>/", documents.serve, name="document"),
    path("phone/<str:token>/", people.phone_link, name="phone-link"),
    path("by-phone/<str:token>/", by_phone.phone_page, name="by-phone"),
    path(ORDER, order.order_page, name="order"),
    path(ORDER + "deadline.ics", order.deadline_file, name="deadline-file"),
    path(ORDER + "type/", typecheck.order_type, name="order-type"),
    path(ORDER + "gates/", typecheck.gates_passed, name="gates-passed"),
    path(ORDER + "password/forgotten/", typecheck.forgotten, name="password-forgotten"),
    path(ORDER + "taken/", typecheck.taken, name="taken"),
    path(ORDER + "people/", people.hub, name="people"),
    path(ORDER + "people/phone/<str:role>/", people.prove_phone, name="prove-phone"),
    path(ORDER + "documents/", documents.hub, name="documents"),
    path(ORDER + "documents/statement.pdf", documents.statement_pdf, name="statement"),
    path(ORDER + "documents/<str:slot>/", documents.slot_page, name="slot"),
    path(ORDER + "documents/<str:slot>/<int:side>/", documents.slot_fragment, name="slot-fragment"),
    path(ORDER + "by-phone/", hand_off.make, name="hand-off-make"),
    path(ORDER + "by-phone/end/", hand_off.end, name="hand-off-end"),
    path(ORDER + "by-phone/<str:token>/", hand_off.page, name="hand-off"),
    path(ORDER + "by-phone/<str:token>/panel/", hand_off.panel, name="hand-off-panel"),
    path(ORDER + "by-phone/<str:token>/code.svg", hand_off.picture, name="hand-off-code"),
    path(ORDER + "check/", check.check_answers, name="check"),
    path(ORDER + "photo/", photo.photo, name="photo"),
    path(ORDER + "phones/", phones.phones, name="phones"),
    path(ORDER + "phones/lost/", phones.lost, name="phones-lost"),
    path(ORDER + "do/<str:move>/", moves.move, name="order-move"),
    path(ORDER + "<str:step>/", wizard.wizard, name="step"),
]
