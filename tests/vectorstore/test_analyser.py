from vectorstore.analyser import MAX_TERM_CHARACTERS, index_terms, stem_terms


def test_figures_meet_whatever_their_separators() -> None:
    assert set(index_terms("hơn 1.000 đại diện")) & set(index_terms("over 1,000 delegates")) == {
        "1000"
    }


def test_words_keep_their_marks_and_folded_ones_lose_them() -> None:
    assert index_terms("Tuyên bố Paris") == ["tuyên", "bố", "paris"]
    assert stem_terms("Đại hội đồng") == ["dai", "hoi", "dong"]


def test_both_tone_placements_are_one_term() -> None:
    assert index_terms("hoà bình") == index_terms("hòa bình")


def test_endless_words_are_cut() -> None:
    assert [len(term) for term in index_terms("a" * 70_000)] == [MAX_TERM_CHARACTERS]
