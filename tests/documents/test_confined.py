"""The child that converts: what it makes, what it cannot reach, what stops it."""

import os
import re
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from app.documents import confined
from tests.documents import samples


def convert(soffice, folder, content, ending, **details):
    source, result = folder / f"a.{ending}", folder / "a.pdf"
    source.write_bytes(content)
    confined.as_pdf(soffice, source, ending, result, **details)
    return result.read_bytes()


def old(soffice, folder, name, content, ending):
    """*content* in the format of twenty years ago, which only LibreOffice writes."""
    (folder / name).write_bytes(content)
    home = f"-env:UserInstallation=file://{folder}/home"
    command = [soffice, home, "--headless", "--convert-to", ending, "--outdir", folder]
    subprocess.run([*command, folder / name], check=True, capture_output=True, timeout=60)
    return (folder / name).with_suffix(f".{ending}").read_bytes()


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Rooms are made in a folder of the test: others convert at the same time."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left_over():
    return sorted(str(one) for one in Path(tempfile.gettempdir()).glob("tumen-box-*"))


def running():
    """The command lines of all that runs LibreOffice for this test."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "soffice" in text and f"{tempfile.gettempdir()}/tumen-box" in text:
            found.append(text)
    return found


@pytest.mark.parametrize("ending", ["docx", "xlsx", "doc", "xls"])
def test_every_kind_of_office_file_becomes_a_pdf(soffice, tmp_path, ending):
    made = {"docx": samples.docx, "xlsx": samples.xlsx}[ending[:3] + "x"]()
    if len(ending) == 3:
        made = old(soffice, tmp_path, f"new.{ending}x", made, ending)
    assert convert(soffice, tmp_path, made, ending).startswith(b"%PDF-")
    assert running() == []


def test_a_linked_picture_is_not_fetched(soffice, tmp_path):
    """A server that listens, on every address of this machine, hears nothing."""
    heard = []
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.2)
        port, done = server.getsockname()[1], threading.Event()

        def listen():
            while not done.is_set():
                try:
                    asking, address = server.accept()
                    asking.close()
                    heard.append(address)
                except TimeoutError:
                    pass

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            content = samples.docx_with_picture_at(f"http://127.0.0.1:{port}/secret.png")
            assert convert(soffice, tmp_path, content, "docx").startswith(b"%PDF-")
            assert heard == []
            with socket.create_connection(("127.0.0.1", port)):  # it would have heard
                pass
            for _try in range(50):
                if heard:
                    break
                done.wait(0.1)
        finally:
            done.set()
            listener.join()
    assert len(heard) == 1


def spying(folder, *commands):
    """A program in the place of LibreOffice, which writes what it can reach into its PDF."""
    program = folder / "program" / "soffice"
    program.parent.mkdir(parents=True)
    lines = "\n".join(f"({one}) >> /desk/out/document.pdf 2>&1" for one in commands)
    program.write_text(f"#!/bin/sh\necho '%PDF-1.4' > /desk/out/document.pdf\n{lines}\nexit 0\n")
    program.chmod(0o755)
    for one in (folder, *folder.parents):  # pytest's own folders are for their owner alone
        if one.stat().st_uid == os.geteuid() and one != Path("/"):
            one.chmod(one.stat().st_mode | 0o055)
    return str(program)


def test_nothing_of_ours_is_within_reach(soffice, tmp_path):
    secret = tmp_path / "uploads" / "secret"
    secret.parent.mkdir()
    secret.write_text("the secret of another enterprise")
    spy = spying(
        tmp_path / "spy",
        f"cat {secret}",
        "cat /etc/shadow",
        "cat /etc/hostname",
        "ls -d /root /home /srv",
        "ls /sys /var/lib",
        "cat /proc/net/dev",
        "env",
        "cat /proc/self/status",
        "ulimit -a",
        "ps ax || ls /proc",
        "echo x > /usr/bin/planted || echo not planted",
        "echo x >> /desk/document.docx || echo not written",
        "mount -t tmpfs tmpfs /tmp || echo not mounted",
    )
    told = convert(spy, tmp_path, samples.docx(), "docx", hidden=[secret.parent]).decode()
    assert [one for one in ("the secret", "root:x:", "eth0", "SECRET") if one in told] == []
    assert not re.search(r"^/(root|home|srv)$", told, re.MULTILINE)
    assert re.search(r"^\s+lo:\s+0\s", told, re.MULTILINE)  # one network device, which is off
    assert "not planted" in told
    assert "not written" in told
    assert "not mounted" in told
    assert "NoNewPrivs:\t1" in told
    assert re.search(r"CapEff:\s0+$", told, re.MULTILINE)
    assert re.search(r"CapBnd:\s0+$", told, re.MULTILINE)
    if os.geteuid() == 0:
        assert "Uid:\t65534\t65534" in told


TIGHT = confined.Limits(seconds=4, memory=640 << 20, space=8 << 20, tasks=64)


def test_what_takes_too_long_is_stopped_with_all_it_began(soffice, tmp_path):
    """A few KiB with a cell in the last corner would lay out a million pages."""
    before = left_over()
    with pytest.raises(confined.OutOfTime):
        convert(soffice, tmp_path, samples.xlsx_with_a_far_cell(), "xlsx", limits=TIGHT)
    assert running() == []
    assert left_over() == before


def test_what_asks_for_too_much_memory_is_stopped(soffice, tmp_path):
    """A file of 20 KiB that becomes a million paragraphs."""
    content = samples.docx(body="<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_000_000)
    assert len(content) < 300 << 10
    bounds = confined.Limits(seconds=60, memory=640 << 20)
    with pytest.raises(confined.Unreadable):
        convert(soffice, tmp_path, content, "docx", limits=bounds)


def test_a_bomb_in_a_zip_is_not_read(soffice, tmp_path):
    with pytest.raises((confined.Unreadable, confined.OutOfTime)):
        convert(soffice, tmp_path, samples.docx_bomb(600), "docx", limits=TIGHT)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("while :; do :; done", confined.OutOfTime),
        (
            "head -c 100000000 /dev/zero >> /desk/out/document.pdf; kill -XFSZ $$",
            confined.OutOfSpace,
        ),
        ("for i in 1 2 3 4; do head -c 7000000 /dev/zero > /desk/out/$i; done; exit 1", None),
        ("bomb() { bomb | bomb & }; bomb; sleep 60", confined.OutOfTime),
        (
            "rm /desk/out/document.pdf; ln -s /etc/passwd /desk/out/document.pdf",
            confined.Unreadable,
        ),
        ("rm $PDF", confined.Unreadable),
    ],
)
def test_a_program_that_was_taken_over_is_held(soffice, tmp_path, command, error):
    spy = spying(tmp_path / "spy", "true")
    Path(spy).write_text(
        Path(spy).read_text().replace("exit 0", f"PDF=/desk/out/document.pdf\n{command}")
    )
    if error is None:
        assert convert(spy, tmp_path, samples.docx(), "docx", limits=TIGHT)
    else:
        with pytest.raises(error):
            convert(spy, tmp_path, samples.docx(), "docx", limits=TIGHT)
    assert running() == []


def test_where_the_system_refuses_nothing_is_started(soffice, tmp_path, monkeypatch):
    """`unshare` that fails, as it does in many a container."""
    refusing = tmp_path / "bin"
    refusing.mkdir()
    (refusing / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (refusing / "unshare").chmod(0o755)
    monkeypatch.setattr(confined, "PATH", f"{refusing}:{confined.PATH}")
    spy = spying(tmp_path / "spy", f"touch {tmp_path}/started")
    with pytest.raises(confined.NotConfined):
        convert(spy, tmp_path, samples.docx(), "docx")
    assert not (tmp_path / "started").exists()
