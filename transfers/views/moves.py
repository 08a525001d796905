from django.http import Http404

def move(request, **kwargs):
    raise Http404
