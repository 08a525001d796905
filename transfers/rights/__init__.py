"""People's requests about their own data (PIPL 15, 45 to 50), and how they are carried out."""
