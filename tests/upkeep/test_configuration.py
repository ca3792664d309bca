"""Settings: a secret is made once, however many begin at the same moment."""

import os
import stat
import subprocess
import sys


def read(tmp_path, name, **environment):
    """A process that prints the setting *name* under that environment."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import config; print(config.{name})"],
        env={"PATH": os.environ["PATH"], "INSTANCE_FOLDER": str(tmp_path), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process):
    answer, _errors = process.communicate(timeout=60)
    assert process.returncode == 0
    return answer.strip()


def test_many_that_begin_at_once_agree_on_one_secret(tmp_path):
    begun = [read(tmp_path, "SECRET_KEY") for _n in range(8)]
    [secret] = {told(process) for process in begun}
    kept = tmp_path / "secret_key"
    assert kept.read_text() == secret
    assert len(secret) > 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_demonstration_keeps_to_its_own_database(tmp_path):
    real = "postgresql://127.0.0.1/tumen"
    given = read(tmp_path, "SQLALCHEMY_DATABASE_URI", DATABASE_URL=real)
    assert told(given) == "postgresql+psycopg://127.0.0.1/tumen"
    demo = read(tmp_path, "SQLALCHEMY_DATABASE_URI", DATABASE_URL=real, TUMEN_DEMO="1")
    assert told(demo) == f"sqlite:///{tmp_path}/demo.db"
