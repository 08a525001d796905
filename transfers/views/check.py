from django.http import Http404


def check_answers(request, **kwargs):
    raise Http404
