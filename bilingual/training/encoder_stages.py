"""Stages 5 to 7: the teacher's lessons, the student's training in several processes, the export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn

from bilingual.training.body import Body
from bilingual.training.export import export_student
from bilingual.training.loop import Batches, Course, Recipe, train
from bilingual.training.preparation import Prepared, load_prepared, model_directory
from bilingual.training.samples import Tokenizers, draw_weights
from bilingual.training.student import Student, first_embeddings
from bilingual.training.teacher import Lessons, make_lessons
from bilingual.units import Units

Report = Callable[[str], None]


def teach(prepared: Path, report: Report) -> None:
    """Encode the English sides once, in a process whose memory is free again for the students."""
    spawn(_teach, args=(prepared, report), nprocs=1)  # type: ignore[no-untyped-call]


def _teach(_rank: int, prepared: Path, report: Report) -> None:
    stored = load_prepared(prepared)
    _lessons(stored, prepared.parent, report)


def train_encoder(prepared: Path, out: Path, recipe: Recipe, report: Report) -> None:
    """Train in `recipe.workers` processes and write `out/encoder.safetensors`."""
    if recipe.workers == 1:
        _work(0, prepared, out, recipe, report)
        return
    meeting = (prepared.parent / "meeting").resolve()
    meeting.unlink(missing_ok=True)
    spawn(  # type: ignore[no-untyped-call]
        _work_together,
        args=(prepared, out, recipe, report, f"file://{meeting}"),
        nprocs=recipe.workers,
    )


def _work_together(
    rank: int, prepared: Path, out: Path, recipe: Recipe, report: Report, meeting: str
) -> None:
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=recipe.workers)
    _work(rank, prepared, out, recipe, report)
    dist.destroy_process_group()


def _work(rank: int, prepared: Path, out: Path, recipe: Recipe, report: Report) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    model = model_directory() / "model.safetensors"
    tokenizer = str(model_directory() / "tokenizer.json")
    stored = load_prepared(prepared)
    units = Units.load(out / "units.json")
    lessons = _lessons(stored, prepared.parent, report)
    body = Body(model, rank=0)
    embeddings = first_embeddings(
        units, stored.table, body.pieces.numpy(), Tokenizers(units, tokenizer).pieces
    )
    student = Student(model, recipe.rank, embeddings, torch.from_numpy(lessons.projection))
    course = Course(
        stored.vietnamese,
        stored.english,
        stored.links,
        stored.samples,
        draw_weights(stored.pairs, stored.samples),
        lessons,
        units,
    )
    torch.manual_seed(recipe.seed + rank)
    batches = Batches(course, recipe, seed=recipe.seed + rank)
    train(student, batches, recipe, rank, prepared.parent, report)
    if rank == 0:
        export_student(student, batches.idf, out / "encoder.safetensors")
        report(f"wrote {out / 'encoder.safetensors'}")


def _lessons(stored: Prepared, directory: Path, report: Report) -> Lessons:
    return make_lessons(
        Body(model_directory() / "model.safetensors", rank=0),
        stored.english,
        stored.samples,
        directory,
        report,
    )
