"""What all parts of the bench use: processes and machine, calm rounds, databases, tables, charts, results."""
