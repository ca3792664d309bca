"""The real server, started as people start it, for tests that need one."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


class Server:
    """``python run.py`` in a process group of its own."""

    def __init__(self, database, folder, secret):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "SECRET_KEY": secret,
            "INSTANCE_FOLDER": str(folder / "instance"),
            "UPLOAD_FOLDER": str(folder / "uploads"),
            "PORT": str(self.port),
        }
        self.log = (folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "run.py"],
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    def _wait(self):
        for _try in range(600):  # two begin side by side, on a busy machine
            try:
                with urllib.request.urlopen(f"{self.address}/login/", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, "the server did not start"
                time.sleep(0.1)
        pytest.fail("the server does not answer")

    def submit(self, filing, token):
        """Whether the submission was acknowledged."""
        request = urllib.request.Request(
            f"{self.address}/api/v1/filings/{filing}/submit",
            data=b"{}",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
            return False

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        """As an operator stops it; returns the status it ends with."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.log.close()
        return status

    def kill_the_master(self):
        """Only the master: what it started has to notice by itself."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def answers(self):
        """Whether anybody still listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        """All of it at once: the master and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
