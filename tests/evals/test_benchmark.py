"""Benchmarks of the field: their files, the arithmetic, and a small one measured whole."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import pytest

from evals import cli
from evals.benchmark.anchors import anchors_for
from evals.benchmark.corpora import Query, beir, squad, xquad_r
from evals.benchmark.measuring import figures
from evals.errors import BenchmarkError
from rag.settings import Settings

XQUAD = Path(__file__).parents[3] / "shared" / "data" / "eval"


def beir_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "qrels").mkdir(parents=True)
    corpus = [
        {"_id": "a", "title": "Lease", "text": "The lease of the office ends in May."},
        {"_id": "b", "title": "", "text": "Hợp đồng thuê văn phòng kết thúc vào tháng Năm."},
        {"_id": "c", "text": "The cat sleeps on the mat."},
    ]
    queries = [{"_id": "1", "text": "When does the office lease end?"}, {"_id": "2", "text": "x"}]
    for name, lines in (("corpus", corpus), ("queries", queries)):
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(
        "q\tc\tscore\n1\ta\t2\n1\tb\t1\n1\tgone\t1\n2\ta\t0\n"
    )
    return folder


def test_figures_are_those_of_the_field() -> None:
    query = Query("q", {7: 2.0, 8: 1.0})
    found = figures([5, 7, 6, 8], query)
    ideal = 2 + 1 / math.log2(3)
    assert found["nDCG@10"] == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert (found["R@1"], found["R@5"], found["MRR@10"]) == (0, 1, 0.5)
    assert found["mAP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert set(figures([], query).values()) == {0}


def test_a_beir_folder_is_read_with_its_grades(tmp_path: Path) -> None:
    [made] = beir(beir_folder(tmp_path))
    assert made.texts[0].text == "Lease\n\nThe lease of the office ends in May."
    assert [query.relevant for query in made.queries] == [{0: 2.0, 1: 1.0}]


def test_a_squad_file_leaves_out_what_has_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    asked = [
        {"id": "1", "question": "Who?", "answers": [{"text": "A", "answer_start": 0}]},
        {"id": "2", "question": "Why?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": "Zero.", "qas": []}, {"context": "A did.", "qas": asked}]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    [made] = squad(path)
    assert made.queries == [Query("Who?", {1: 1.0})] and len(made.texts) == 2


@pytest.mark.parametrize(
    ("file", "content"),
    [("corpus.jsonl", "{"), ("corpus.jsonl", "[]"), ("corpus.jsonl", '{"text": "x"}'),
     ("queries.jsonl", '{"_id": "1"}'), ("qrels/test.tsv", "q\tc\ts\n1\ta\n")],
)  # fmt: skip
def test_a_malformed_benchmark_is_refused_with_its_file(
    tmp_path: Path, file: str, content: str
) -> None:
    folder = beir_folder(tmp_path)
    (folder / file).write_text(content)
    with pytest.raises(BenchmarkError, match=file.split("/")[-1].replace(".", r"\.")):
        list(beir(folder))


def test_a_line_of_a_benchmark_that_is_no_json_is_named(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("{,\n")
    with pytest.raises(BenchmarkError, match=r"corpus\.jsonl:4: ") as caught:
        list(beir(folder))
    assert "line 1" not in str(caught.value)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    for read in (xquad_r, squad, beir):
        with pytest.raises(BenchmarkError):
            list(read(tmp_path / "none"))


def test_a_small_collection_is_measured_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    words = ["benchmark", "beir", str(beir_folder(tmp_path))]
    assert cli.run(parser.parse_args([*words, "--json"]), Settings()) == 0
    [made] = json.loads(capsys.readouterr().out)["collections"]
    assert made["figures"]["R@5"]["value"] == 1 and made["figures"]["R@1"]["n"] == 1
    assert cli.run(parser.parse_args([*words, "--only", "nothing"]), Settings()) == 4


@pytest.mark.skipif(not XQUAD.is_dir(), reason="XQuAD-R is not here")
def test_xquad_r_has_four_directions_unmarked_questions_and_a_pool() -> None:
    made = {one.name: one for one in xquad_r(XQUAD)}
    assert len(made) == 9
    assert len(made["xquad-r paragraphs vi→en"].texts) == 240
    assert {len(one.queries) for one in made.values()} == {1190}
    pooled = made["xquad-r sentences nm→en+vi"]
    assert all(len(query.relevant) == 2 for query in pooled.queries)
    assert anchors_for("xquad-r paragraphs vi→vi") and not anchors_for("beir small")
    assert len(made["xquad-r paragraphs vi→en"].limited(7).queries) == 7
