"""How dates are written where a page does not say it itself: the 24-hour clock in both languages."""
