from django.http import Http404

def phones(request, **kwargs):
    raise Http404


def lost(request, **kwargs):
    raise Http404
