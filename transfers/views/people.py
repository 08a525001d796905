from django.http import Http404


def phone_link(request, **kwargs):
    raise Http404


def hub(request, **kwargs):
    raise Http404


def prove_phone(request, **kwargs):
    raise Http404
