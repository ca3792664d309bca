"""The application, put together."""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from app.core.assets import install_assets
from app.core.db import db
from app.core.headers import install_headers
from app.core.refusals import install_error_pages

migrate = Migrate(render_as_batch=True, compare_server_default=True)


def made(**overrides: Any) -> Flask:
    """See `app.create_app`."""
    app = Flask("app", static_folder=None)  # see `app.core.assets`
    app.config.from_object("config")
    app.config.update(overrides)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True  # pages without blank lines
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Chinese as Chinese
    with app.app_context():
        from app.menu import put_together  # noqa: PLC0415  (views need the app to exist)

        db.init_app(app)
        migrate.init_app(app, db, directory="app/migrations")
        CSRFProtect(app)
        appbuilder = AppBuilder(app, db.session)
        install_assets(app)
        install_headers(app)
        install_error_pages(app)
        put_together(app, appbuilder)
    return app
