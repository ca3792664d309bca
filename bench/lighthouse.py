"""Lighthouse's scores of four pages of a running demonstration, as a table.

``make demo`` in one window, ``.venv/bin/python bench/lighthouse.py`` in another; needs Chromium
and npx.  Version 12, because 13 wants a newer Node than Debian's.
"""

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

PAGES = {"login": "/login/", "home": "/", "list": "/enterprises/list/", "form": "/enterprises/add"}
CATEGORIES = ("performance", "accessibility", "best-practices")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--address", default="http://127.0.0.1:8080")
    parser.add_argument("--user", default="league_150100")
    parser.add_argument("--password", default="Tumen-Demo-2026")
    return parser.parse_args()


def cookie(address: str, user: str, password: str) -> str:
    """The session of somebody who has logged in, as a header."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/login/").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    data = {"csrf_token": token, "username": user, "password": password}
    browser.open(f"{address}/login/", urllib.parse.urlencode(data).encode())
    return "; ".join(f"{one.name}={one.value}" for one in jar)


def scores(address: str, headers: dict[str, str], folder: Path) -> list[int]:
    report = folder / "report.json"
    command = ["npx", "--yes", "lighthouse@12", address, "--quiet", "--output=json"]
    command += [f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    command += [f"--extra-headers={json.dumps(headers)}"] if headers else []
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chromium})
    found = json.loads(report.read_text())["categories"]
    return [round(found[name]["score"] * 100) for name in CATEGORIES]


def main() -> None:
    asked = options()
    headers = {"Cookie": cookie(asked.address, asked.user, asked.password)}
    print(f"{'page':8}" + "".join(f"{name:>16}" for name in CATEGORIES))
    with tempfile.TemporaryDirectory() as folder:
        for name, path in PAGES.items():
            known = {} if name == "login" else headers
            found = scores(asked.address + path, known, Path(folder))
            print(f"{name:8}" + "".join(f"{score:16}" for score in found), flush=True)


if __name__ == "__main__":
    main()
