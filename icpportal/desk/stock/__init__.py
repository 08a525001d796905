"""Django's lists, forms and histories as the desk shows them; `ReviewDesk.register` gives them to each class."""
