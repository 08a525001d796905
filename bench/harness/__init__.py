"""What every part of the bench uses: processes and machine, calm rounds, databases, tables, charts, results."""
