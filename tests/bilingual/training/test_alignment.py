from bilingual.training.alignment import align

VIETNAMESE = [["mèo", "ăn"], ["mèo", "ngủ"], ["chó", "ăn"], ["chó", "ngủ", "."]] * 5
ENGLISH = [["cat", "eats"], ["cat", "sleeps"], ["dog", "eats"], ["dog", "sleeps"]] * 5


def test_words_that_occur_together_are_linked() -> None:
    rounds: list[str] = []
    links, table = align(VIETNAMESE, ENGLISH, [1.0] * 20, rounds.append)
    best: dict[str, tuple[float, str]] = {}
    for row, column, count in zip(table.row, table.column, table.count, strict=True):
        word = table.vietnamese[row]
        best[word] = max(best.get(word, (0.0, "")), (float(count), table.english[column]))
    translations = {word: english for word, (_, english) in best.items()}
    assert translations == {"mèo": "cat", "chó": "dog", "ăn": "eats", "ngủ": "sleeps"}
    assert len(links.pair) == len(links.probability)
    assert rounds


def test_signs_are_not_aligned() -> None:
    links, table = align(VIETNAMESE, ENGLISH, [1.0] * 20, lambda _: None)
    assert "." not in table.vietnamese
    assert links.vietnamese.max() == 1
