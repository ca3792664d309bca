"""What answers let browsers do, and the files that pages are drawn with."""

import json
import re
import shutil

import pytest

from app.core import assets
from app.core.assets import BUILT
from app.core.errors import Misconfigured
from tests.world import make_app

MANIFEST = json.loads((BUILT / "manifest.json").read_text())


@pytest.mark.parametrize("address", ["/login/", "/", "/nowhere", "/api/v1/filings/"])
def test_every_answer_allows_our_own_files_only(world, address):
    headers = world.client("league").get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_nonce_is_another_one_each_time_and_is_that_of_the_page(world):
    pages = [world.client().get("/login/") for _time in range(2)]
    nonces = [
        re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1] for page in pages
    ]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        assert set(re.findall(r'nonce="([^"]+)"', page.text)) == {nonce}


def test_transport_security_is_asked_for_on_tls_only(world):
    client = world.client()
    assert "Strict-Transport-Security" not in client.get("/login/").headers
    answer = client.get("/login/", base_url="https://tumen.example")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("address", ["/", "/enterprises/list/", "/people/add"])
def test_pages_have_no_style_or_script_of_their_own(world, address):
    page = world.client("league").get(address).text
    assert " style=" not in page
    assert not re.findall(r"\son[a-z]+=", page)
    for script in re.findall(r"<script[^>]*>", page):
        assert "nonce=" in script or "src=" in script


def test_a_page_is_kept_by_nobody_but_its_reader(world):
    caching = world.client("league").get("/enterprises/list/").headers["Cache-Control"]
    assert "private" in caching
    assert "no-cache" in caching


@pytest.mark.parametrize("name", ["shell.css", "shell.js"])
def test_files_are_kept_for_a_year_and_come_compressed(world, name):
    address = "/static/" + MANIFEST["files"][name]
    with world.client().get(address, headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(answer.data) < 60_000


@pytest.mark.parametrize("path", ["../config.py", "..%2fconfig.py", "manifest.json/..", "build.js"])
def test_nothing_else_is_handed_out(world, path):
    assert world.client().get(f"/static/{path}").status_code == 404


def test_an_icon_that_is_not_built_is_a_mistake_of_ours(app):
    with app.app_context(), pytest.raises(KeyError):
        app.jinja_env.globals["icon"]("no-such-icon")


def test_without_built_files_nothing_starts(database, tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "BUILT", tmp_path / "empty")
    with pytest.raises(Misconfigured, match="make setup"):
        make_app(database.url, tmp_path)


def test_nothing_of_others_is_in_our_folders():
    assert shutil.which("git")
    sources = {path.name for path in BUILT.parent.rglob("*") if BUILT not in path.parents}
    assert not {name for name in sources if name.startswith(("bootstrap", "echarts"))}
