"""What people type: text, numbers, phones, e-mail addresses and domains, made regular or refused with a sentence."""
