from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import main as cli
from kb.model.sources import ENGLISH_MODEL
from kb.settings import Settings
from tests import pdfs, running, web_library

ROOT = Path(__file__).resolve().parents[2]
GROUP: Any = typer.main.get_command(cli.app)
COMMANDS = sorted(GROUP.commands)


Run = Callable[..., running.Done]


@pytest.fixture
def kb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command as its process would, but in this one, where PyTorch is loaded once, by the English model alone."""

    def run(
        *words: str, data: Path | None = None, folder: Path | None = None, **environment: str
    ) -> running.Done:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("KB_")]:
                patch.delenv(name)
            held = {"KB_DATA": str(data or tmp_path / "data"), "KB_MODEL": ENGLISH_MODEL, **environment}
            for name, value in held.items():
                patch.setenv(name, value)
            patch.chdir(folder or tmp_path)
            return running.run(patch, capsys, *words)

    return run


def kb_process(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, with no terminal and nothing on stdin."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        env=_environment(data),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    own = {"KB_DATA": str(data), "KB_MODEL": ENGLISH_MODEL, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return {**kept, **own, "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one small handbook, ingested by the command itself."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "small.pdf").write_bytes(pdfs.handbook_pdf())
    done = kb_process("ingest", str(folder / "small.pdf"), data=folder / "data")
    assert done.returncode == 0, done.stderr
    return folder / "data"


# help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example_that_it_accepts(command: str) -> None:
    found = GROUP.commands[command]
    assert found.help
    assert found.epilog.startswith(f"Example: kb {command}")
    for parameter in found.params:
        assert getattr(parameter, "help", None), f"{command} {parameter.name}: no help"


def test_kb_help_names_every_command_holds_an_example_and_is_quick(tmp_path: Path) -> None:
    started = time.monotonic()
    done = kb_process("--help", data=tmp_path)
    assert time.monotonic() - started < 3
    assert done.returncode == 0
    assert "Example: kb ingest" in done.stdout
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_line_of_a_command_in_the_help_is_the_first_of_its_own(command: str) -> None:
    first = GROUP.commands[command].help.partition("\n\n")[0]
    assert cli.COMMANDS[command][1] == " ".join(first.split())


LOADED_BY_NO_HELP = {"torch", "transformers", "sentence_transformers", "faiss", "sklearn", "pypdfium2"}
LOADED_BY_COMMANDS = {"numpy", "scipy", "tantivy", "fastapi", "uvicorn", "lingua", "pypdf", "jinja2", "httpx"}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_no_library_that_takes_its_time(command: str, tmp_path: Path) -> None:
    """`kb --help` imports no file of a command; the help of a command imports that one, but none of the heaviest."""
    slow = LOADED_BY_NO_HELP if command else LOADED_BY_NO_HELP | LOADED_BY_COMMANDS
    code = (
        "import sys; from cli import main\n"
        f"sys.argv = ['kb', *{command.split()!r}, '--help']\n"
        "try: main.main()\n"
        "except SystemExit: pass\n"
        f"slow = {slow} & set(sys.modules)\n"
        "sys.exit(f'loads {slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# wrong usage and failures


def test_unknown_record_leads_to_a_whole_command(kb: Run, library: Path) -> None:
    done = kb("show", "nope", data=library)
    assert done.returncode == 1
    assert "nope: no such record in this library; kb search WORDS finds ids" in done.stderr


def test_handbook_is_shown_with_whose_it_is_and_where_that_is_printed(kb: Run, library: Path) -> None:
    book = kb("handbooks", "--json", data=library).data[0]
    shown = kb("handbooks", "show", book["id"], "--json", data=library).data
    first = shown["facts"][0]
    assert (first["name"], first["value"], first["origin"]) == ("title", book["title"], "stated")
    lines = kb("handbooks", "show", book["id"], data=library).stdout.splitlines()
    assert lines[0] == book["title"]
    assert lines[1] == f"title      {book['title']}  (p. 1)"
    assert lines[-1].startswith("not stated: ")


def test_forgetting_asks_nothing_where_all_editions_are_to_be_kept(kb: Run, library: Path) -> None:
    handbook = kb("handbooks", "--json", data=library).data[0]["id"]
    done = kb("forget", handbook, "--keep", "1", data=library)
    assert (done.returncode, done.stdout) == (0, f"{handbook}: 0 editions deleted, 1 kept\n")


@pytest.mark.parametrize(
    "words",
    [
        ["ingest"],
        ["nonsense"],
        ["search"],
        ["search", "x", "--mode", "magic"],
        ["search", "x", "--kind", "novel"],
        ["search", "x", "--limit", "0"],
        ["serve", "--port", "70000"],
        ["eval"],
        ["eval", "needs.json", "--beir", "folder"],
        ["eval", "--compare", "old.jsonl"],
        ["eval", "needs.json", "--compare", "old.jsonl", "new.jsonl"],
        ["eval", "--beir", "one", "--beir", "two", "--run", "run.jsonl"],
        ["eval", "--beir", "one", "--english", "needs.json"],
        ["eval", "needs.json", "--queries", "folder"],
        ["ingest", "a.pdf", "b.pdf", "--handbook", "h"],
        ["doctor", "--rebuild", "--against", "folder"],
    ],
)
def test_wrong_usage_ends_with_2_and_says_why_on_stderr(kb: Run, words: list[str], tmp_path: Path) -> None:
    done = kb(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ingest", "missing.pdf"], "missing.pdf: no such file"),
        (["ingest", "."], "is not a file but a folder"),
        (["ingest", "http://127.0.0.1:9/h.pdf"], "--allow-private"),
        (["extract", "missing.pdf"], "no such file"),
        (["handbooks"], "no library here yet"),
        (["editions", "none"], "no library here yet"),
        (["search", "anything"], "no library here yet"),
        (["eval", "needs.json"], "no library here yet"),
        (["eval", "--beir", "missing"], "a BEIR folder has"),
        (["eval", "--compare", "old.jsonl", "new.jsonl"], "old.jsonl: cannot be read"),
        (["doctor", "--against", "missing"], "missing: no such folder; give the folder of a published model"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_failure_is_one_line_on_stderr_and_1(
    kb: Run, words: list[str], said: str, as_json: bool, tmp_path: Path
) -> None:
    done = kb(*words, *(["--json"] if as_json else []))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("kb: ")
    assert said in last
    assert "Traceback" not in done.stderr
    assert not as_json or done.stdout == "" or json.loads(done.stdout)["failed"]


def test_a_setting_that_is_no_number_is_said_so(kb: Run, tmp_path: Path) -> None:
    done = kb("doctor", data=tmp_path, KB_MAX_PAGES="many")
    assert (done.returncode, done.stdout) == (1, "")
    assert "KB_MAX_PAGES=many" in done.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m cli.main --help | true",
        shell=True,
        env=_environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


# the commands over a library


def test_ingest_prints_its_summary_and_keeps_talk_off_stdout(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "small.pdf").write_bytes(pdfs.handbook_pdf(practices=3))
    done = kb("ingest", "small.pdf")
    assert done.returncode == 0, done.stderr
    assert re.search(r"5 pages, 1 annexes, 3 practices, 0 tools, \d+ sections in \d+\.\d s", done.stdout)
    assert "Not assigned" in done.stdout
    assert done.stderr.strip()  # the stages
    again = kb("ingest", "small.pdf")
    assert again.returncode == 0
    assert "unchanged" in again.stdout


def test_one_bad_file_of_several_is_reported_and_the_others_are_taken(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(pdfs.handbook_pdf())
    (tmp_path / "bad.pdf").write_bytes(b"not a PDF")
    done = kb("ingest", "bad.pdf", "good.pdf", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(found["failed"]) == ["bad.pdf"]
    assert [report["status"] for report in found["ingested"]] == ["new"]


def test_extract_prints_the_shape_that_the_scorer_reads(kb: Run, tmp_path: Path) -> None:
    (tmp_path / "small.pdf").write_bytes(pdfs.handbook_pdf(practices=3))
    done = kb("extract", "small.pdf", "--json")
    found = json.loads(done.stdout)
    assert set(found) >= {"handbook", "annexes", "practices", "tools", "unassigned", "missing", "hidden"}
    assert set(found["handbook"]) >= {"title", "language", "pages"}
    assert [set(annex) >= {"label", "title", "page"} for annex in found["annexes"]] == [True]
    assert len(found["practices"]) == 3
    practice = found["practices"][0]
    assert set(practice) >= {"title", "page_start", "page_end", "institution", "fields"}
    assert all(set(field) >= {"label", "text", "page"} for field in practice["fields"])
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", [["search", "work together across borders"], ["handbooks"], ["doctor"]])
def test_json_is_alone_on_stdout(kb: Run, words: list[str], library: Path) -> None:
    done = kb(*words, "--json", data=library)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_search_similar_and_show_lead_from_one_to_the_next(kb: Run, library: Path) -> None:
    found = json.loads(kb("search", "online", "course", "--kind", "practice", "--json", data=library).stdout)
    assert {hit["record"]["kind"] for hit in found["hits"]} == {"practice"}
    record = found["hits"][0]["record"]["id"]
    near = json.loads(kb("similar", record, "--limit", "1", "--json", data=library).stdout)
    assert len(near) == 1
    assert near[0]["record"]["id"] != record
    shown = json.loads(kb("show", near[0]["record"]["id"], "--json", data=library).stdout)
    assert [field["label"] for field in shown["fields"]] == ["Objectives", "Activities", "Results"]
    words = kb("show", record, data=library)
    assert "Students of course" in words.stdout


def test_search_by_a_facet_takes_what_is_meant_and_refuses_what_is_not_there(kb: Run, library: Path) -> None:
    done = kb("search", "online", "course", "--facet", "kind=pract", "--json", data=library)
    assert {hit["record"]["kind"] for hit in json.loads(done.stdout)["hits"]} == {"practice"}
    for wrong, said in (("theme=zeppelins", "no record has it"), ("colour=red", "no such facet")):
        done = kb("search", "online", "--facet", wrong, data=library)
        assert done.returncode == 1
        assert said in done.stderr
    assert kb("search", "online", "--facet", "theme", data=library).returncode == 2


def test_search_says_what_it_prefers_and_drops_it_when_told(kb: Run, tmp_path: Path) -> None:
    web_library.fill(tmp_path)
    asked = ["search", "credit for an exchange in romania"]
    run = partial(kb, data=tmp_path, KB_MODEL=str(tmp_path / "no-model"))
    assert "Preferred: country Romania (--drop country ignores it)" in run(*asked).stderr
    assert "Preferred" not in run(*asked, "--drop", "country").stderr
    assert run(*asked, "--json").data["constraints"][0]["values"] == ["Romania"]
    refused = run(*asked, "--drop", "theme")
    assert refused.returncode == 1
    assert "theme: not read from a need; use one of country, institution" in refused.stderr


def test_search_prints_rank_title_evidence_handbook_and_page(kb: Run, library: Path) -> None:
    done = kb("search", "work together online across borders", data=library)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ 1\. .*exchange  \d\.\d\d$", done.stdout, re.MULTILINE)
    assert "Small Handbook" in done.stdout
    assert "p. " in done.stdout
    assert "across borders" in done.stdout
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())


def test_an_unknown_record_is_one_line_and_1(kb: Run, library: Path) -> None:
    done = kb("show", "no-such-record", data=library)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such-record" in done.stderr


@pytest.mark.parametrize("need", ["", "   ", "?!…", "x" * 10_001])
def test_a_need_that_is_none_is_one_line_and_1(kb: Run, need: str, library: Path) -> None:
    done = kb("search", need, data=library)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kb: ")
    assert len(done.stderr) < 500


def test_eval_measures_judged_needs_and_writes_the_run_that_the_scorer_reads(
    kb: Run, library: Path, tmp_path: Path
) -> None:
    judged = {"file": "small.pdf", "kind": "practice", "title": "Practice Birch exchange", "grade": 2}
    needs = {
        "pool": ["small.pdf"],
        "queries": [{"id": "d1", "text": "online work", "style": "keyword", "relevant": [judged]}],
        "similar": [{"file": "small.pdf", "title": judged["title"], "similar": []}],
    }
    (tmp_path / "needs.json").write_text(json.dumps(needs))
    done = kb("eval", "needs.json", "--run", "run.jsonl", data=library)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^style +mode +needs +nDCG@10 +95 % +hit@1 +recall@5 +MRR$", done.stdout.strip(), re.MULTILINE
    )
    assert {line.split()[0] for line in done.stdout.splitlines() if line} >= {
        "keyword",
        "dense",
        "hybrid",
        "all",
    }
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert [set(line) for line in lines] == [
        {"id", "results", "no_match", "groups", "measures"},
        {"similar_to", "results", "measures"},
    ]
    found = json.loads(kb("eval", "needs.json", "--json", data=library).stdout)
    assert {row["mode"] for row in found["rows"]} == {"words", "dense", "hybrid"}


def a_collection(folder: Path, question: str) -> Path:
    (folder / "qrels").mkdir(parents=True)
    texts = {"d1": "Students exchange letters.", "d2": "Bridges are built of steel."}
    lines = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": question}))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    return folder


def test_eval_measures_a_collection_in_a_library_of_its_own(kb: Run, tmp_path: Path) -> None:
    folder = a_collection(tmp_path / "collection", "steel bridges")
    done = kb("eval", "--beir", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert [row["ndcg"] for row in json.loads(done.stdout)["rows"]] == [1.0, 1.0, 1.0]
    assert not (tmp_path / "data").exists()


def test_eval_measures_collections_together_and_by_the_questions_of_another(kb: Run, tmp_path: Path) -> None:
    one, other = (a_collection(tmp_path / name, "steel bridges") for name in ("one", "other"))
    asking = a_collection(tmp_path / "asking", "which students exchange letters?")
    done = kb("eval", "--beir", str(one), "--beir", str(other), "--queries", str(asking))
    assert done.returncode == 0, done.stderr
    names = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert names == ["collection", "one by asking", "other by asking", "mean"]
    told = json.loads(kb("eval", "--beir", str(one), "--beir", str(other), "--json").stdout)
    assert [row["name"] for row in told["collections"]] == ["one", "other"]
    assert told["means"] == {"words": 1, "dense": 1, "hybrid": 1, "over_better_leg": 1}


def test_eval_compares_two_runs_and_says_what_may_be_chance(kb: Run, tmp_path: Path) -> None:
    for name, gain in (("old", 0.0), ("new", 0.125)):
        lines = [{"id": f"q{n}", "results": [], "measures": {"nDCG@10": n / 16 + gain}} for n in range(9)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    done = kb("eval", "--compare", "old.jsonl", "new.jsonl")
    assert done.returncode == 0, done.stderr
    assert "nDCG@10 is 0.125 higher in the new run, over 9 needs" in " ".join(done.stdout.split())
    assert "so it is more than chance" in " ".join(done.stdout.split())
    told = json.loads(kb("eval", "--compare", "new.jsonl", "new.jsonl", "--json").stdout)
    assert told["verdict"] == "nDCG@10 is the same for each of 9 needs."
    assert told["changes"][0]["may_be_chance"] is True


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_prints_its_address_answers_and_stops_on_interrupt(workers: str, library: Path) -> None:
    import httpx2  # noqa: PLC0415 - only here

    server = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--workers", workers],
        env=_environment(library),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        assert httpx2.get(f"{address}/healthz", timeout=60, trust_env=False).json()["status"] == "ok"
        busy = kb_process("serve", "--port", address.rpartition(":")[2], data=library)
        assert busy.returncode == 1
        assert "choose another --port" in busy.stderr
    finally:
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in said


def test_doctor_says_what_to_do_about_a_broken_index_and_mends_it(
    kb: Run, library: Path, tmp_path: Path
) -> None:
    import shutil  # noqa: PLC0415 - only here

    data = tmp_path / "data"
    shutil.copytree(library, data)
    vectors = next((data / "index").glob("*/*.vectors.npy"))
    damaged = bytearray(vectors.read_bytes())
    damaged[-8:] = bytes(8)
    vectors.write_bytes(damaged)
    done = kb("doctor", "--json", data=data)
    states = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert (states["index"]["state"], states["index"]["next_step"]) == ("fail", "kb doctor --rebuild")
    mended = kb("doctor", "--rebuild", data=data)
    assert mended.returncode == 0, mended.stdout


def test_settings_are_read_from_the_environment_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KB_DATA", str(tmp_path))
    monkeypatch.setenv("KB_MAX_SECONDS", "7")
    found = Settings.from_environment()
    assert (found.data, found.max_seconds) == (tmp_path, 7)


def test_export_writes_answers_handbooks_and_records_to_stdout(kb: Run, library: Path) -> None:
    whole = json.loads(
        kb("export", "--format", "json", "--site", "https://example.org/", data=library).stdout
    )
    book = whole["records"][0]["handbook"]
    assert whole["total"] == len(whole["records"])
    assert all(record["url"].startswith("https://example.org/") for record in whole["records"])
    named = json.loads(kb("export", "--handbook", book, "--format", "json", data=library).stdout)
    assert [r["id"] for r in named["records"]] == [r["id"] for r in whole["records"]]
    found = json.loads(kb("export", "online", "course", "--format", "json", data=library).stdout)
    assert {"practice"} <= {record["kind"] for record in found["records"]}
    first = found["records"][0]
    assert first["title"] in kb("export", "--record", first["id"], "--format", "ris", data=library).stdout
    assert kb("export", "online", "--record", first["id"], data=library).returncode == 2
