"""Django's lists, forms and histories as the desk shows them; `ReviewDesk.register` adds them to each class."""
