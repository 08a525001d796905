"""Finding an order by reference, domain, company, person, phone, document or filing number."""
