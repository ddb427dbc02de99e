from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bilingual.errors import EncoderError
from ingest import Limits, Progress, Report, ingest, plan_ingest
from tests.fakes import HashEncoder
from tests.ingest.office_files import archive
from tests.ingest.pdf_files import Page, encrypted, pdf, scanned
from vectorstore import Library, Writer

ORIGINALS = Path(
    os.environ.get("TRICHDAN_ORIGINALS", Path(__file__).parents[2].parent / "shared" / "documents")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    place.mkdir()
    (place / "paris.md").write_text(
        "# Paris\n\nThe summit was in Paris.\n\n## Delegates\n\nOver 1,000 came.\n"
    )
    (place / "hội nghị.txt").write_text("Hội nghị ở Paris. Hơn 1.000 đại biểu đã đến dự.\n")
    return place


def texts(folder: Path) -> dict[str, list[str]]:
    with Library.open(folder) as library, library.snapshot() as snapshot:
        for document in snapshot.documents():
            text = snapshot.text(document.id)
            for passage in snapshot.passages_of(document.id):
                assert passage.text == text[passage.start : passage.end]
                assert passage.sentences
        return {
            document.id: [passage.text for passage in snapshot.passages_of(document.id)]
            for document in snapshot.documents()
        }


def counts(report: Report) -> tuple[int, ...]:
    return tuple(
        len(part)
        for part in (
            report.added,
            report.changed,
            report.unchanged,
            report.renamed,
            report.skipped,
        )
    )


def test_files_become_documents_with_exact_passages(documents: Path, folder: Path) -> None:
    events: list[Progress] = []
    report = ingest([documents], folder, HashEncoder(), on_progress=events.append)
    assert counts(report) == (2, 0, 0, 0, 0)
    assert report.passages == report.passages_embedded == 3
    assert texts(folder) == {
        "paris": ["The summit was in Paris.", "Over 1,000 came."],
        "hoi-nghi": ["Hội nghị ở Paris. Hơn 1.000 đại biểu đã đến dự."],
    }
    assert [event.stage for event in events] == [
        *["reading"] * 3,
        *["embedding"] * 2,
        *["publishing"] * 2,
    ]
    assert events[1] == Progress("reading", 1, 2, str(documents / "paris.md"), passages=1)
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert [(d.title, d.language) for d in snapshot.documents()] == [
            ("Hội nghị ở Paris. Hơn 1.000 đại biểu đã đến dự.", "vi"),
            ("Paris", "en"),
        ]
        assert snapshot.passages_of("paris")[1].section == "Delegates"


def test_the_same_again_changes_nothing(documents: Path, folder: Path) -> None:
    first = ingest([documents], folder, HashEncoder())
    encoder = HashEncoder()
    again = ingest([documents, documents / "paris.md"], folder, encoder)
    assert counts(again) == (0, 0, 2, 0, 0)
    assert again.generation is None
    assert encoder.encoded == []
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.generation == first.generation


def test_an_edit_embeds_only_what_is_new(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    path = documents / "paris.md"
    path.write_text(path.read_text().replace("1,000", "2,000"))
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert counts(report) == (0, 1, 1, 0, 0)
    assert encoder.encoded == ["Delegates\nOver 2,000 came."]
    assert texts(folder)["paris"] == ["The summit was in Paris.", "Over 2,000 came."]
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.document_frequency("1000") == 1  # in the other document


def test_a_moved_file_keeps_its_document(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    moved = documents / "sub" / "lyon.md"
    moved.parent.mkdir()
    (documents / "paris.md").rename(moved)
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert counts(report) == (0, 0, 1, 1, 0)
    assert report.renamed == ((str(documents / "paris.md"), str(moved)),)
    assert encoder.encoded == []
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.document("paris").source == str(moved)


def test_a_copy_is_a_document_of_its_own(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    (documents / "copy").mkdir()
    (documents / "copy" / "paris.md").write_bytes((documents / "paris.md").read_bytes())
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert counts(report) == (1, 0, 2, 0, 0)
    assert encoder.encoded == []
    assert set(texts(folder)) == {"paris", "paris-2", "hoi-nghi"}


def test_a_file_that_is_gone_stays_in_the_library(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    (documents / "paris.md").unlink()
    assert counts(ingest([documents], folder, HashEncoder())) == (0, 0, 1, 0, 0)
    assert "paris" in texts(folder)


def test_bad_files_are_skipped_by_name_and_the_rest_goes_on(documents: Path, folder: Path) -> None:
    (documents / "a-empty.txt").write_text(" \n")
    (documents / "b-binary.txt").write_bytes(b"\x00\x01\x02")
    (documents / "c-large.txt").write_text("large " * 1000)
    (documents / "d-slides.odg").write_bytes(b"PK")
    (documents / "d-suffixless").write_bytes(b"text")
    (documents / "e-signs.md").write_text("***\n--- ---\n")
    for name in ("f-pictures.md", "f-pictures.txt"):
        (documents / name).write_text("![Logo](logo.png)\n\n![A map](map.png)\n")
    report = ingest(
        [documents / "nowhere.txt", documents],
        folder,
        HashEncoder(),
        limits=Limits(file_bytes=5000),
    )
    assert [(error.code, Path(str(error.params["path"])).name) for error in report.skipped] == [
        ("file-missing", "nowhere.txt"),
        ("file-empty", "a-empty.txt"),
        ("encoding-unknown", "b-binary.txt"),
        ("file-too-large", "c-large.txt"),
        ("format-unknown", "d-slides.odg"),
        ("format-unnamed", "d-suffixless"),
        ("file-empty", "e-signs.md"),
        ("file-empty", "f-pictures.md"),
        ("file-empty", "f-pictures.txt"),
    ]
    assert counts(report)[:4] == (2, 0, 0, 0)


def test_a_file_that_became_unreadable_keeps_its_old_version(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    (documents / "paris.md").write_bytes(b"\x00")
    report = ingest([documents], folder, HashEncoder())
    assert counts(report) == (0, 0, 1, 0, 1)
    assert texts(folder)["paris"][0] == "The summit was in Paris."


class _FailingEncoder(HashEncoder):
    """Fails at the second batch."""

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        if self.encoded:
            raise EncoderError(detail="out of memory")
        return super().encode_passages(texts)


def test_what_was_embedded_before_a_failure_is_kept(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("".join(f"# Part {n}\n\nSentence {n}.\n" for n in range(100)))
    failing = _FailingEncoder()
    with pytest.raises(EncoderError, match="out of memory"):
        ingest([path], folder, failing)
    encoder = HashEncoder()
    report = ingest([path], folder, encoder)
    assert counts(report) == (1, 0, 0, 0, 0)
    assert len(failing.encoded) == 64
    assert report.passages_embedded == len(encoder.encoded) == 36


def test_a_headline_alone_is_still_found(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "short.md").write_text("# Only a heading\n")
    ingest([tmp_path / "short.md"], folder, HashEncoder())
    assert texts(folder) == {"short": ["# Only a heading"]}


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the two originals are not on this machine")
def test_the_originals_are_read_with_exact_offsets(folder: Path) -> None:
    report = ingest([ORIGINALS], folder, HashEncoder())
    assert counts(report) == (2, 0, 0, 0, 0)
    with Library.open(folder) as library, library.snapshot() as snapshot:
        by_language = {document.language: document for document in snapshot.documents()}
        for document in by_language.values():
            original = Path(document.source).read_text(encoding="utf-8")
            text = snapshot.text(document.id)
            assert text == original
            for passage in snapshot.passages_of(document.id):
                assert passage.text == original[passage.start : passage.end]
            inside = [original[s.start : s.end] for s in snapshot.sentences(document.id)]
            assert not any("Communications Today" in sentence for sentence in inside)
            assert not any(sentence.startswith(("- ", "(1)")) for sentence in inside)
        vi, en = by_language["vi"], by_language["en"]
        assert vi.title.startswith("Tuyên bố chung của 60 quốc gia")
        assert {p.section for p in snapshot.passages_of(vi.id)} == {None, vi.title}
        sections = {p.section for p in snapshot.passages_of(en.id)}
        assert sections == {None, "Changing our approach to AI"}


# ---- plans --------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_done_and_does_nothing(documents: Path, folder: Path) -> None:
    fresh = plan_ingest([documents], folder, HashEncoder())
    assert (counts(fresh), fresh.passages_embedded, fresh.dry_run) == ((2, 0, 0, 0, 0), 3, True)
    assert not folder.exists()
    before = ingest([documents], folder, HashEncoder()).generation
    (documents / "paris.md").write_text(
        (documents / "paris.md").read_text().replace("1,000", "2,000")
    )
    (documents / "hội nghị.txt").rename(documents / "moved.txt")
    (documents / "new.txt").write_text("A new file. It says something else.\n")
    (documents / "bad.pdf").write_bytes(b"no pdf")
    encoder = HashEncoder()
    planned = plan_ingest([documents], folder, encoder)
    done_before = texts(folder)
    assert counts(planned) == (1, 1, 0, 1, 1)
    assert (planned.passages_embedded, encoder.encoded, planned.generation) == (2, [], None)
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.generation == before
    assert texts(folder) == done_before
    done = ingest([documents], folder, HashEncoder())
    assert counts(done) == counts(planned)
    assert done.passages_embedded == planned.passages_embedded
    assert (done.added, done.changed, done.renamed) == (
        *(planned.added, planned.changed, planned.renamed),
    )


def test_a_dry_run_goes_on_beside_a_writer(documents: Path, folder: Path) -> None:
    ingest([documents], folder, HashEncoder())
    encoder = HashEncoder()
    with Writer(folder, encoder.name, encoder.dim):
        assert counts(plan_ingest([documents], folder, encoder)) == (0, 0, 2, 0, 0)


def test_files_in_a_folder_that_cannot_be_entered_any_more_stay(
    folder: Path, documents: Path
) -> None:
    part = documents / "part"
    part.mkdir()
    (part / "lease.txt").write_text("The lease ends in May. It began in June.\n")
    ingest([documents], folder, HashEncoder())
    (part / "lease.txt").unlink()
    part.rmdir()
    part.symlink_to(part)  # as where a disk does not answer, its files are not gone for certain
    report = ingest([documents], folder, HashEncoder(), prune=True)
    assert report.removed == ()
    assert [reason.code for reason in report.skipped] == ["file-unreadable"]
    assert "lease" in texts(folder)


def test_prune_takes_out_what_is_gone_from_these_folders_only(
    documents: Path, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "elsewhere.txt").write_text("Another folder has this sentence.\n")
    ingest([documents, other], folder, HashEncoder())
    (documents / "paris.md").unlink()
    (other / "elsewhere.txt").unlink()
    (documents / "hội nghị.txt").rename(documents / "moved.txt")
    planned = plan_ingest([documents], folder, HashEncoder(), prune=True)
    assert planned.removed == (str(documents / "paris.md"),)
    report = ingest([documents], folder, HashEncoder(), prune=True)
    assert report.removed == planned.removed
    assert [new for _, new in report.renamed] == [str(documents / "moved.txt")]
    assert set(texts(folder)) == {"hoi-nghi", "elsewhere"}
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.document_frequency("summit") == 0
    # A folder that is empty or not there, such as a disk that is not mounted, says nothing.
    emptied = ingest([other], folder, HashEncoder(), prune=True)
    assert emptied.removed == () and "1" in emptied.notices[0].message("vi")
    assert set(texts(folder)) == {"hoi-nghi", "elsewhere"}
    other.rmdir()
    assert ingest([other], folder, HashEncoder(), prune=True).removed == ()


def test_a_folder_is_the_same_however_it_is_named(
    documents: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([documents], folder, HashEncoder())
    (documents / "paris.md").unlink()
    (documents / "sub").mkdir()
    monkeypatch.chdir(documents / "sub")
    for named in (Path(".."), Path("../../documents"), Path("../sub/..")):
        planned = plan_ingest([named], folder, HashEncoder(), prune=True)
        assert planned.removed == (str(documents / "paris.md"),)
        assert counts(planned) == (0, 0, 1, 0, 0)


def test_a_document_cut_by_other_rules_is_cut_anew_and_keeps_its_vectors(
    documents: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([documents], folder, HashEncoder())
    monkeypatch.setattr("ingest.plan.RULES", "another")
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert (len(report.recut), report.unchanged, report.passages_embedded) == (2, (), 0)
    assert encoder.encoded == []
    again = ingest([documents], folder, encoder)
    assert (again.recut, len(again.unchanged), again.generation) == ((), 2, None)


def test_a_library_among_the_documents_is_not_read_into_itself(documents: Path) -> None:
    folder = documents / "library"
    ingest([documents], folder, HashEncoder())
    report = ingest([documents], folder, HashEncoder())
    assert counts(report) == (0, 0, 2, 0, 0)


# ---- sizes --------------------------------------------------------------------------------------


class _CountingEncoder(HashEncoder):
    """Cheap vectors; keeps the sizes of the batches."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.batches.append(len(texts))
        rows = np.random.default_rng(len(self.batches)).standard_normal((len(texts), self.dim))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_thousands_of_passages_in_one_file_go_in_batches(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("".join(f"# Part {n}\n\nSentence number {n}.\n\n" for n in range(6_200)))
    encoder = _CountingEncoder()
    report = ingest([path], folder, encoder)
    assert report.passages == report.passages_embedded == 6_200
    assert max(encoder.batches) <= 64
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert snapshot.passage_count == 6_200


MEASURED = """
import resource, sys
from pathlib import Path
from ingest import ingest
from tests.ingest.test_ingestion import _CountingEncoder
report = ingest([Path(sys.argv[1])], Path(sys.argv[2]), _CountingEncoder())
assert len(report.added) == 1, report
own, worker = (resource.getrusage(who).ru_maxrss // 1024
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(report.passages, own, worker)
"""


def test_ten_thousand_pages_need_little_more_memory_than_ten(tmp_path: Path) -> None:
    found = {}
    for number in (10, 10_000):
        pages = []
        for count in range(number):
            page = Page()
            page.lines([f"Contract {count} was signed in Paris and is kept on page {count + 1}."])
            pages.append(page)
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(pdf(pages))
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, path, tmp_path / f"library-{number}"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        found[number] = [int(figure) for figure in done.stdout.split()]
    passages, own_mb, worker_mb = found[10_000]
    assert passages > 500
    assert own_mb - found[10][1] < 150, found
    assert worker_mb - found[10][2] < 300, found


def test_a_partly_scanned_pdf_is_taken_and_said_so(tmp_path: Path, folder: Path) -> None:
    page = Page()
    page.lines(["There is text on this page."])
    (tmp_path / "part.pdf").write_bytes(pdf([page, *[Page(image=True)] * 2]))
    report = ingest([tmp_path / "part.pdf"], folder, HashEncoder())
    assert counts(report) == (1, 0, 0, 0, 0)
    assert "2–3" in report.notices[0].message("vi")
    with Library.open(folder) as library, library.snapshot() as snapshot:
        (passage,) = snapshot.passages_of("part")
        assert (snapshot.document("part").pages, passage.page) == (3, 1)


def test_one_bad_file_of_each_kind_costs_no_other(tmp_path: Path, folder: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    page = Page()
    page.lines(["The good file says this."])
    good = pdf([page])
    for name, data in {
        "a-scanned.pdf": scanned(),
        "b-locked.pdf": encrypted(good),
        "c-cut.pdf": good[:300],
        "d-bomb.docx": archive({"word/document.xml": b" " * 3_000_000}),
        "e-old.doc": b"\xd0\xcf\x11\xe0",
        "f-empty.html": b"",
        "g-good.pdf": good,
        "h-tcvn3.txt": "Nh÷ng ng­êi ®· ®Õn dù héi nghÞ ë Hµ Néi.".encode("cp1252"),
    }.items():
        (place / name).write_bytes(data)
    report = ingest([place], folder, HashEncoder(), limits=Limits(unpacked_bytes=1_000_000))
    assert [(error.code, Path(str(error.params["path"])).name) for error in report.skipped] == [
        ("file-scanned", "a-scanned.pdf"),
        ("file-encrypted", "b-locked.pdf"),
        ("file-damaged", "c-cut.pdf"),
        ("archive-too-large", "d-bomb.docx"),
        ("format-old", "e-old.doc"),
        ("file-empty", "f-empty.html"),
    ]
    assert all(
        name in error.message("vi") for error, name in [(report.skipped[0], "a-scanned.pdf")]
    )
    assert texts(folder) == {
        "g-good": ["The good file says this."],
        "h-tcvn3": ["Những người đã đến dự hội nghị ở Hà Nội."],
    }
