"""Many files as one zip: safe names, an index that tells the truth, and flat memory."""

import csv
import io
import tracemalloc
from hashlib import sha256
from zipfile import ZipFile

import pytest

from app.core.archive import Entry, archive, folders, send_archive
from app.core.storage import LocalStorage


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def opened(entries, storage, **more):
    packed = ZipFile(io.BytesIO(b"".join(archive(entries, storage, **more))))
    assert packed.testzip() is None
    lines = packed.read("index.csv").decode("utf-8-sig")
    return packed, list(csv.reader(io.StringIO(lines)))


def test_what_goes_in_comes_out_and_the_index_tells_it(storage):
    kept = storage.put(io.BytesIO(b"%PDF-1 a summary" * 40_000), 1 << 20)
    name = folders("呼和浩特市", "玉泉区", "A/B 公司", "summary.pdf")
    packed, index = opened(
        [Entry(name, kept.sha256, ("stamped",)), Entry("a.csv", b"1,2", ("=1+1",))],
        storage,
        heads=["Kind"],
    )
    assert packed.namelist() == ["呼和浩特市/玉泉区/A_B 公司/summary.pdf", "a.csv", "index.csv"]
    assert packed.read("呼和浩特市/玉泉区/A_B 公司/summary.pdf") == b"%PDF-1 a summary" * 40_000
    assert index == [
        ["File", "Size in bytes", "SHA-256", "State of the file", "Kind"],
        ["呼和浩特市/玉泉区/A_B 公司/summary.pdf", str(kept.size), kept.sha256, "Whole", "stamped"],
        ["a.csv", "3", sha256(b"1,2").hexdigest(), "Whole", "'=1+1"],
    ]


def test_a_file_that_is_gone_or_altered_breaks_nothing_and_is_told(storage):
    gone, altered = (storage.put(io.BytesIO(text), 100) for text in (b"gone", b"altered"))
    storage.path(gone.sha256).unlink()
    storage.path(altered.sha256).write_bytes(b"something else")
    packed, index = opened(
        [Entry("gone.pdf", gone.sha256), Entry("altered.pdf", altered.sha256)], storage
    )
    assert packed.namelist() == ["altered.pdf", "index.csv"]
    other = sha256(b"something else").hexdigest()
    assert index[1:] == [
        ["gone.pdf", "", "", "Missing in the store"],
        ["altered.pdf", "14", other, "Not what was handed in"],
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_/_/etc/passwd"),
        ("/etc/passwd", "_/etc/passwd"),
        ("..\\..\\boot.ini", ".._.._boot.ini"),
        ("C:\\x.pdf", "C__x.pdf"),
        ("a\0b\x1f\u202efdp.exe", "abfdp.exe"),
        ("con.pdf", "_con.pdf"),
        ("lpt1", "_lpt1"),
        ("=cmd.csv", "_=cmd.csv"),
        ("ends. . ", "ends"),
        ("", "_"),
        ("长" * 200 + ".pdf", "长" * 58 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere_and_any_system_takes_it(storage, name, safe):
    packed, index = opened([Entry(name, b"x")], storage)
    assert packed.namelist()[0] == safe
    assert index[1][0] == safe


def test_no_two_files_have_one_name_on_a_system_that_folds_case(storage):
    names = ["a/x.pdf", "a/X.pdf", "a/x.pdf", "b/x.pdf", "a/x (2).pdf", "index.csv", "INDEX.csv"]
    packed, _index = opened([Entry(name, name.encode()) for name in names], storage)
    assert packed.namelist() == [
        "a/x.pdf",
        "a/X (2).pdf",
        "a/x (3).pdf",
        "b/x.pdf",
        "a/x (2) (2).pdf",
        "index (2).csv",
        "INDEX (3).csv",
        "index.csv",
    ]


def test_memory_stays_flat_however_much_goes_through(storage):
    key = storage.put(io.BytesIO(bytes(8 << 20)), 16 << 20).sha256
    tracemalloc.start()
    try:
        size = sum(map(len, archive((Entry(f"{n}.pdf", key) for n in range(12)), storage)))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 96 << 20
    assert peak < 4 << 20


def test_it_is_sent_under_its_chinese_name_and_nobody_guesses_what_it_is(storage):
    response = send_archive(archive([Entry("a.csv", b"1")], storage), "附件 2026Q3.zip")
    told = "attachment; filename=\" 2026Q3.zip\"; filename*=UTF-8''%E9%99%84%E4%BB%B6%202026Q3.zip"
    assert response.headers["Content-Disposition"] == told
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert ZipFile(io.BytesIO(response.get_data())).namelist() == ["a.csv", "index.csv"]
