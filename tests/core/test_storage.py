"""Files by their content: kept once, whole or not at all, and nowhere else."""

from hashlib import sha256
from io import BytesIO

import pytest

from app.core.errors import Invalid, NotFound
from app.core.storage import CHUNK, Kept, LocalStorage


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "files")


def files(storage):
    return [path for path in storage.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_put_away_is_found_under_its_hash(storage, size):
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    kept = storage.put(BytesIO(content), 4 * CHUNK)
    assert kept == Kept(sha256(content).hexdigest(), size)
    assert storage.path(kept.sha256).read_bytes() == content
    key = kept.sha256
    assert files(storage) == [storage.folder / key[:2] / key[2:4] / key]


def test_the_same_bytes_are_kept_once(storage):
    first, second = (storage.put(BytesIO(b"the same"), 100) for _time in range(2))
    assert first == second
    assert len(files(storage)) == 1


@pytest.mark.parametrize(("content", "text"), [(b"", "empty"), (b"x" * 101, "too large")])
def test_nothing_and_too_much_are_refused_and_leave_nothing_behind(storage, content, text):
    storage.put(BytesIO(b"x" * 100), 100)
    before = files(storage)
    with pytest.raises(Invalid, match=text):
        storage.put(BytesIO(content), 100)
    assert files(storage) == before


def test_a_stream_that_breaks_leaves_nothing_behind(storage):
    class Broken:
        def __init__(self):
            self.parts = iter([b"first part"])

        def read(self, _size):
            try:
                return next(self.parts)
            except StopIteration:
                raise ConnectionError("gone") from None

    with pytest.raises(ConnectionError):
        storage.put(Broken(), 100)
    assert files(storage) == []


@pytest.mark.parametrize(
    "key",
    ["", "a", "../" * 21 + "a", "a" * 63 + "/", "." * 64, "a" * 65, "0" * 64, "a" * 63 + "\0"],
)
def test_what_is_no_key_or_not_there_is_not_found(storage, key):
    storage.put(BytesIO(b"something"), 100)
    with pytest.raises(NotFound):
        storage.path(key)
