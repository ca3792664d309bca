"""Settings: a secret is made once, however many begin; mail is off, or all is there for it."""

import os
import stat
import subprocess
import sys

import pytest

MAIL = {
    "MAIL_HOST": "mail.example.cn",
    "MAIL_FROM": "tumen@example.cn",
    "PUBLIC_URL": "https://tumen.example.cn/",
}


def read(tmp_path, name, **environment):
    """A process that prints the setting *name* under that environment."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import config; print(config.{name})"],
        env={"PATH": os.environ["PATH"], "INSTANCE_FOLDER": str(tmp_path), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
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


def test_mail_is_off_until_a_server_is_named(tmp_path):
    assert told(read(tmp_path, "MAIL_HOST")) == ""
    every = "MAIL_HOST, config.MAIL_PORT, config.MAIL_TLS, config.PUBLIC_URL"
    assert told(read(tmp_path, every, **MAIL)) == (
        "mail.example.cn 587 starttls https://tumen.example.cn"
    )
    assert told(read(tmp_path, "MAIL_PORT", **MAIL, MAIL_TLS="tls")) == "465"


def test_the_demonstration_mails_nobody(tmp_path):
    assert told(read(tmp_path, "MAIL_HOST", **MAIL, TUMEN_DEMO="1")) == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MAIL_FROM": ""}, "MAIL_FROM is not set"),
        ({"MAIL_FROM": "a@b.c\nBcc: d@e.f"}, "is not an e-mail address"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://x/path"}, "PUBLIC_URL"),
        ({"MAIL_TLS": "perhaps"}, "is not one of starttls, tls, none"),
        ({"MAIL_TLS": "none", "MAIL_USER": "u"}, "not sent in the clear"),
        ({"MAIL_PORT": "none"}, "MAIL_PORT"),
    ],
)
def test_what_mail_lacks_is_said_in_one_line(tmp_path, wrong, said):
    process = read(tmp_path, "MAIL_HOST", **{**MAIL, **wrong})
    _answer, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert said in errors.splitlines()[-1]
