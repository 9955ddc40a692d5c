"""What the benchmarks measure: made by us, the same each time, and of all that there is."""

import runpy
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import func, select

from archive.database import upgrade
from archive.files import LocalFiles
from archive.settings import Settings
from benchmarks import large_papers, questions
from benchmarks import retention as measured
from benchmarks.large_archive import cast_of, fill
from benchmarks.large_rows import Size
from retention import ends
from retention.models import Appraisal, Clock, DisposalItem
from search import indexing
from web.services import make_home, open_services

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def corpus() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "benchmarks" / "corpus.py"))


def test_a_corpus_has_what_the_benchmarks_read(corpus: dict[str, Any], tmp_path: Path) -> None:
    corpus["make"](tmp_path / "out", pages=2, born=1, dpi=72)
    for part in ("light72", "hard72"):
        pages = sorted((tmp_path / "out" / part / "pages").glob("*.jpg"))
        assert [one.name for one in pages] == ["000.jpg", "001.jpg"]
        texts = [one.with_suffix(".txt").read_text("utf-8") for one in pages]
        assert all(len(text.split()) > 200 for text in texts)
        assert texts[0] != texts[1]
        with Image.open(pages[0]) as scan:
            assert scan.info["dpi"] == (72, 72)
        with pikepdf.open(tmp_path / "out" / part / "pdf" / "000.pdf") as bound:
            assert len(bound.pages) == 2
    assert [one.name for one in (tmp_path / "out" / "born").iterdir()] == ["one_000.pdf"]


def test_the_same_number_makes_the_same_words_and_another_makes_others(
    corpus: dict[str, Any],
) -> None:
    assert corpus["letter"](3) == corpus["letter"](3) != corpus["letter"](4)
    assert corpus["plain_page"](3) == corpus["plain_page"](3) != corpus["plain_page"](4)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A large archive, in small."""
    settings = Settings(home=str(tmp_path_factory.mktemp("large")))
    make_home(settings)
    upgrade(settings.database)
    fill(settings.database, Size(700, 2100))
    return settings


def test_a_large_archive_has_terms_at_every_stage(large: Settings) -> None:
    with open_services(large) as services, services.db.reading() as rows:
        stages = set(rows.scalars(select(Appraisal.stage)))
        fates = set(rows.scalars(select(Clock.fate)))
        listed = rows.scalar(select(func.count()).select_from(DisposalItem)) or 0
        counted = ends.of_case_files(rows, list(rows.scalars(select(Clock.case_file_id))))
        told = {one.case_file_id: one.expires_on for one in rows.scalars(select(Clock))}
    assert (stages, fates) == ({"kept", "due", "proposed", "listed"}, {"runs", "permanent"})
    assert listed > 0
    assert told == {number: end.on for number, end in counted.items()}  # clocks are as counted


def test_every_page_that_is_measured_opens(large: Settings) -> None:
    with open_services(large) as services:
        services.engine.clear()
        keeper = measured.at(services, "keeper", Size(700, 2100))
    assert keeper.pages.keys() == measured.PAGES.keys()


def test_the_night_is_looked_at_in_a_process_of_its_own(large: Settings) -> None:
    done, seconds, megabytes = measured.in_its_own_process(large)
    assert done > 0 and seconds > 0 and megabytes > 10


def test_papers_that_are_laid_are_found(large: Settings, tmp_path: Path) -> None:
    with open_services(large) as services:
        services.engine.clear()
        papers = tmp_path / "papers.jsonl"
        large_papers.write_papers(papers, 20)
        assert len({one["body"] for one in large_papers.read_papers(papers)}) == 20
        assert isinstance(services.files, LocalFiles)
        large_papers.lay(services.db, services.files, papers)
        indexing.index(services.db, services.files, services.engine, range(1, 21))
        api = questions.Api(services, cast_of(services.db).keeper)
        found = {kind: api.ask(paths[0])[2] for kind, paths in questions.of(papers, 1).items()}
    assert all(found.values()), found
