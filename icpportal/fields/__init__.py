"""Input from people: text, numbers, phones, email addresses and domains, normalised or refused with a sentence."""
