"""The catalogue of reasons: versions that hold, blanks that are filled, publishing by two people."""
