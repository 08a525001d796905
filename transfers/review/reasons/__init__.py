"""The catalogue of reasons: versions, blanks in their texts, publishing with a second person."""
