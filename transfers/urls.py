"""Addresses of orders; they contain the reference, and views check the owner in their query."""

from django.urls import include, path

from transfers.cancellation import views as cancel
from transfers.check import sent
from transfers.check import views as check
from transfers.dashboard import views as dashboard
from transfers.documents.views import files, hub
from transfers.documents.views import pages as documents
from transfers.filing_type import objections, start_views, transfer_another_views
from transfers.filing_type import views as typecheck
from transfers.order_page import calls, move_views
from transfers.order_page import views as order
from transfers.phone_upload import pages as phone_upload_pages
from transfers.phone_upload import views as phone_upload_views
from transfers.phones import views as phones
from transfers.photo.views import backdrop, photo, place
from transfers.service_codes import handover_views
from transfers.service_codes import views as codes
from transfers.steps.views import consent, people
from transfers.steps.views import step as wizard

# below the address of one order or code: the many are compared only once its reference was read
OF_ORDER = [
    path("", order.order_page, name="order"),
    path("deadline.ics", order.deadline_file, name="deadline-file"),
    path("type/", typecheck.order_type, name="order-type"),
    path("gates/", typecheck.gates_passed, name="gates-passed"),
    path("password/forgotten/", typecheck.forgotten_password, name="password-forgotten"),
    path("taken/", typecheck.objection_in_order, name="taken"),
    path("people/", people.hub, name="people"),
    path("people/phone/<str:role>/", people.prove_phone, name="prove-phone"),
    path("people/consent/", consent.ask, name="administrator-consent"),
    path("documents/", hub.hub, name="documents"),
    path("documents/statement.pdf", documents.statement_pdf, name="statement"),
    path("documents/<str:slot>/", documents.slot_page, name="slot"),
    path("documents/<str:slot>/<int:side>/", documents.slot_fragment, name="slot-fragment"),
    path("backdrop/", backdrop.backdrop, name="backdrop"),
    path("by-phone/", phone_upload_views.make, name="hand-off-make"),
    path("by-phone/end/", phone_upload_views.end, name="hand-off-end"),
    path("by-phone/<str:token>/", phone_upload_views.page, name="hand-off"),
    path("by-phone/<str:token>/panel/", phone_upload_views.panel, name="hand-off-panel"),
    path("by-phone/<str:token>/code.svg", phone_upload_views.picture, name="hand-off-code"),
    path("sent/", sent.sent_page, name="sent"),
    path("receipt.pdf", sent.receipt_pdf, name="receipt"),
    path("answer.ics", sent.answer_file, name="answer-file"),
    path("check/", check.check_answers, name="check"),
    path("photo/", photo.photo, name="photo"),
    path("photo/place/", place.choose, name="photo-place"),
    path("photo/place/slip/", place.appointment, name="photo-place-slip"),
    path("photo/place/text/", place.text_address, name="photo-place-text"),
    path("phones/", phones.phones, name="phones"),
    path("phones/lost/", phones.number_lost, name="phones-lost"),
    path("cancel/", cancel.final_check, name="cancel-consequences"),
    path("cancel/code/", cancel.code, name="cancel-code"),
    path("cancel/password/", cancel.password, name="cancel-password"),
    path("cancel/confirm/", cancel.confirm, name="cancel-confirm"),
    path("call/", calls.book, name="call-slot"),
    path("do/<str:move>/", move_views.move, name="order-move"),
    path("<str:step>/", wizard.wizard, name="step"),
]
OF_CODE = [
    path("", codes.code_page, name="service-code"),
    path("hand-over/", handover_views.hand_over, name="service-code-hand-over"),
    path("revoke/", codes.revoke, name="service-code-revoke"),
]

urlpatterns = [
    path("", start_views.start, name="start"),
    path("filings/", dashboard.dashboard, name="dashboard"),
    path("filings/duties/<int:pk>/done/", dashboard.tick_duty, name="duty-done"),
    path("filings/<uuid:pk>/", dashboard.filing, name="filing"),
    path("filings/<uuid:pk>/footer/", dashboard.check_footer, name="footer-check"),
    path("filings/<uuid:pk>/cancel/", cancel.begin, name="cancel"),
    path("regions/", typecheck.region_options, name="region-options"),
    path("transfers/new/", typecheck.verify_type, name="verify-type"),
    path("transfers/new/<str:reference>/", typecheck.outcome, name="verify-type-outcome"),
    path("transfers/new/<str:reference>/start/", typecheck.start_order, name="verify-type-start"),
    path("transfers/new/<str:reference>/objection/", typecheck.objection, name="objection"),
    path("objections/<str:reference>/", objections.objection_page, name="objection-page"),
    path("transfers/another/", transfer_another_views.choose, name="another"),
    path("transfers/another/<uuid:pk>/", transfer_another_views.another, name="another-of"),
    path("documents/<str:reference>/", files.serve, name="document"),
    path("phone/<str:token>/", people.phone_link, name="phone-link"),
    path("consent/<str:token>/", consent.consent_question, name="consent-asked"),
    path("by-phone/<str:token>/", phone_upload_pages.phone_page, name="by-phone"),
    path("codes/", codes.codes_page, name="service-codes"),
    path("codes/apply/", codes.apply, name="service-code-apply"),
    path("codes/offers/<str:reference>/", handover_views.offer, name="code-offer"),
    path("codes/offers/<str:reference>/<str:answer>/", handover_views.answer, name="code-offer-answer"),
    path("codes/<str:reference>/", include(OF_CODE)),
    path("transfers/<str:reference>/", include(OF_ORDER)),
]
