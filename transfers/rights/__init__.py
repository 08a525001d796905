"""What people may ask about their own data (PIPL 15, 45 to 50), and how it is carried out."""
