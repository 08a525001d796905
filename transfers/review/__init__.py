"""The provider's review (初审): claim, verdicts, decision."""
