from django.http import Http404

def order_page(request, **kwargs):
    raise Http404


def deadline_file(request, **kwargs):
    raise Http404
