from tests.pairs import pairs


def test_each_case_runs_once_and_the_other_pairs_in_the_long_run() -> None:
    found = pairs("abc", "12")

    assert [param.values for param in found if not param.marks] == [("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")]
    assert [param.values for param in found if param.marks] == [("b", "2"), ("c", "2")]
