from django.http import Http404

def photo(request, **kwargs):
    raise Http404
