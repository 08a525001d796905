from django.http import Http404

def start(request, **kwargs):
    raise Http404
