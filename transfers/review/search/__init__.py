"""Finding an order by what a person says: reference, domain, company, person, phone, document or filing number."""
