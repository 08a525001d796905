"""What people type: text, numbers, phones, email addresses and domains, made regular or refused with a sentence."""
