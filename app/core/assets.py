"""What pages are drawn with: built files under names that change with their content.

`app/static/build.js` makes them of our sources and of what comes from the npm registry; they
are served by WhiteNoise, compressed, and kept by browsers for a year.
"""

import json
import re
from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from app.core.errors import Misconfigured

BUILT = Path(__file__).parents[1] / "static" / "built"
ADDRESS = "/static/"
HASHED = re.compile(r"-[0-9a-zA-Z]{8}\.[a-z]+$")


def built(name: str) -> Path:
    """A built file on the disk; `KeyError` for one that is not built."""
    manifest = json.loads((BUILT / "manifest.json").read_text())
    return BUILT / str(manifest["files"][name])


def _unchanging(_path: str, url: str) -> bool:
    return HASHED.search(url) is not None


def install_assets(app: Flask) -> None:
    """Serve what was built, and let templates ask for it by name.

    `Misconfigured` if nothing was built.
    """
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text())
    except FileNotFoundError:
        raise Misconfigured("app/static/built: nothing is built there; run `make setup`") from None
    files: dict[str, str] = manifest["files"]
    icons = frozenset(manifest["icons"])

    def asset(name: str) -> str:
        """The address of a built file; `KeyError` for one that is not built."""
        return ADDRESS + files[name]

    @cache
    def icon(name: str) -> Markup:
        """A drawing beside words, hidden from those who listen; the words say it."""
        if name not in icons:
            raise KeyError(name)
        address = f"{asset('icons.svg')}#{name}"
        return Markup('<svg class="bi" aria-hidden="true"><use href="{}"/></svg>').format(address)

    app.add_template_global(asset, "asset")
    app.add_template_global(icon, "icon")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=BUILT,
        prefix=ADDRESS,
        max_age=3600,
        immutable_file_test=_unchanging,
        add_headers_function=_guard,
        allow_all_origins=False,
    )


def _guard(headers: object, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]
