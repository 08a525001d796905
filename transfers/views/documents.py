from django.http import Http404


def serve(request, **kwargs):
    raise Http404


def hub(request, **kwargs):
    raise Http404


def statement_pdf(request, **kwargs):
    raise Http404


def slot_page(request, **kwargs):
    raise Http404


def slot_fragment(request, **kwargs):
    raise Http404
