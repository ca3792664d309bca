"""FAB's security manager, told about our people, their place, and their password.

Of FAB's own security views only the login page and the token endpoint exist; people and roles
have pages of ours.  FAB knows an all-powerful role ``Admin``, to which its own synchronising
would hand every right: it is never made here, and that synchronising does nothing.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from click import ClickException
from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import Role, User
from flask_appbuilder.security.utils import is_null_password
from flask_babel import gettext as _
from flask_babel import refresh
from flask_jwt_extended import JWTManager
from flask_login import current_user
from sqlalchemy import func, select, update
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response

from app.accounts import operations
from app.accounts.api import TokenApi, change_first
from app.accounts.models import scope_of_person, session_key
from app.accounts.passwords import METHOD, new_password
from app.accounts.queries import find_login, rights_of, who_asks
from app.audit.actor import SYSTEM
from app.core.clock import PLACE_TIME, now
from app.core.db import db
from app.core.errors import DomainError, Forbidden
from app.core.preferences import preference
from app.core.refusals import wants_json
from app.core.unit import only_reads, unit_of_work
from app.regions.scope import EVERYWHERE, NOWHERE, look_from, scope_of

OWN_PASSWORD = "OwnPasswordView.change"  # noqa: S105  the name of a page
FREE = {  # what stays open to somebody who has to change the password first
    OWN_PASSWORD,
    "AuthDBView.logout",
    "LocaleView.index",
    "PreferenceView.change",
}


def hash_method() -> str:
    """How passwords are hashed: scrypt, but for tests."""
    method: str = current_app.config.get("FAB_PASSWORD_HASH_METHOD", METHOD)
    return method


def _is_static(endpoint: str | None) -> bool:
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


@contextmanager
def _operator() -> Iterator[None]:
    """Whoever runs FAB's commands on the server sees everything, and is told in one line."""
    if has_request_context():
        raise Forbidden(_("This is done on the command line only."))
    before = scope_of(db.session)
    look_from(db.session, EVERYWHERE)
    try:
        yield
    except DomainError as error:
        raise ClickException(" ".join(map(str, (error, *error.details)))) from error
    finally:
        look_from(db.session, before)


class PlacedSecurityManager(SecurityManager):
    """Every request looks from where its person stands; without a person, from nowhere."""

    security_api = TokenApi

    def register_views(self) -> None:
        """Only these two: everything else about people and roles is ours."""
        token_api = self.appbuilder.add_api(self.security_api)
        self.auth_view = self.appbuilder.add_view_no_menu(self.authdbview())
        if self.is_auth_limited:
            for view in (self.auth_view, token_api):
                self.limiter.limit(self.auth_rate_limit, methods=["POST"])(view.blueprint)

    def before_request(self) -> Response | None:
        """Before every page: from where the session looks, and whether the password will do."""
        g.user = current_user._get_current_object()  # noqa: SLF001  asked for often, and slow
        look_from(db.session, NOWHERE)
        if _is_static(request.endpoint) or not current_user.is_authenticated:
            return None
        look_from(db.session, scope_of_person(current_user))
        if (language := preference("language")) and session.get("locale") != language:
            session["locale"] = language
            refresh()
        if not current_user.must_change_password or request.endpoint in FREE:
            return None
        if wants_json():
            raise change_first()
        return redirect(url_for(OWN_PASSWORD))

    def load_user(self, pk: object) -> User | None:
        """The person of a session cookie, as long as the password is the one of the login."""
        number, _colon, key = str(pk).partition(":")
        if request.method in ("GET", "HEAD"):
            only_reads()
        found = who_asks(number)
        if found and hmac.compare_digest(key.encode(), session_key(found[0]).encode()):
            g.rights = found[0].id, found[1]
            return found[0]
        return None

    def load_user_jwt(self, _header: Any, claims: dict[str, Any]) -> User | None:
        """The person of a token, as long as the password is the one of the login."""
        look_from(db.session, NOWHERE)  # whoever the cookie of the same request belongs to
        person = self.load_user(f"{claims['sub']}:{claims.get('key')}")
        if person is None:
            return None
        if person.must_change_password:
            raise change_first()
        look_from(db.session, scope_of_person(person))
        g.user = person
        return person

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Tokens carry the key of the password; every refusal of one is a 401 in our words."""
        manager = super().create_jwt_manager(app)

        @manager.additional_claims_loader
        def key_of(identity: str) -> dict[str, str]:
            found = who_asks(identity)
            return {"key": session_key(found[0])} if found else {}

        def refuse(*_why: object) -> Response:
            return make_response(jsonify(message=_("Log in first."), details=[]), 401)

        for loader in (
            manager.unauthorized_loader,
            manager.invalid_token_loader,
            manager.expired_token_loader,
            manager.revoked_token_loader,
            manager.user_lookup_error_loader,
        ):
            loader(refuse)
        return manager

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the roles of whoever asks hold a right; read once a request."""
        return (permission_name, view_name) in self._rights()

    def _rights(self) -> frozenset[tuple[str, str]]:
        person = g.get("user")
        if person is None or not person.is_authenticated:
            return frozenset()
        kept: tuple[int, frozenset[tuple[str, str]]] | None = g.get("rights")
        # a token may belong to somebody else than the cookie of the same request
        if kept is None or kept[0] != person.id:
            kept = g.rights = (person.id, rights_of(person.id))
        return kept[1]

    def is_item_public(self, permission_name: str, view_name: str) -> bool:  # noqa: ARG002
        """Nothing is public but the login."""
        return False

    def get_user_menu_access(self, menu_names: object = None) -> set[str]:  # noqa: ARG002
        """Nothing: FAB's menu is empty, ours asks for the right of each page."""
        return set()

    def auth_user_db(self, username: str, password: str) -> User | None:
        """The person with this name and password.

        The slow check holds no connection and no lock, so that hundreds can log in at once;
        it takes as long for a name that does not exist.
        """
        found = None if not username or is_null_password(password) else find_login(username)
        known = found is not None and found.is_active and bool(found.password)
        fake = current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
        number, kept = (found.id, found.password) if found and known else (None, fake)
        db.session.rollback()
        right = check_password_hash(kept, password or "")
        if number is None:
            self.noop_user_update(None)
            return None
        with unit_of_work():
            person: User | None = db.session.get(User, number, with_for_update=True)
            if person is None or person.password != kept or not person.is_active:
                return None  # changed while it was being checked
            self._count(person, success=right)
        if not right:
            return None
        g.logged_in = person
        return person

    def update_user_auth_stat(self, user: User, success: bool = True) -> None:
        """FAB's own ways to log in count by this."""
        with unit_of_work():
            self._count(user, success=success)

    @staticmethod
    def _count(person: User, *, success: bool) -> None:
        if success:
            person.login_count = (person.login_count or 0) + 1
            # FAB's column knows no time zone
            person.last_login = now().astimezone(PLACE_TIME).replace(tzinfo=None)
            person.fail_login_count = 0
        else:
            person.fail_login_count = (person.fail_login_count or 0) + 1

    def noop_user_update(self, user: User | None) -> None:  # noqa: ARG002
        """Write a row as it is, for a name nobody has: that takes as long as counting a failure."""
        first = select(func.min(User.id)).scalar_subquery()
        with unit_of_work():
            db.session.execute(
                update(User).where(User.id == first).values(login_count=User.login_count),
                execution_options={"synchronize_session": False},
            )

    def add_user(
        self,
        username: str,
        first_name: str,
        last_name: str,
        email: str,
        role: list[Role] | Role | None = None,
        password: str = "",
        hashed_password: str = "",
        groups: object = None,
        commit: bool = True,
    ) -> User:
        """A super administrator, by ``flask fab create-user``: all others need a place."""
        if hashed_password or groups or not commit:
            raise NotImplementedError("people are entered by app.accounts.operations")
        roles = role if isinstance(role, list) else [role] if role else []
        keys = frozenset(one.name for one in roles)
        details = operations.PersonDetails(
            username, last_name, first_name, place="", roles=keys, email=email
        )
        with _operator():
            issued = new_password(password, method=hash_method())
            with unit_of_work():
                return operations.create_person(details, issued, actor=SYSTEM)

    def reset_password(self, userid: int, password: str) -> None:
        """Issue an initial password, by ``flask fab reset-password``."""
        with _operator():
            issued = new_password(password, method=hash_method())
            with unit_of_work():
                person = db.session.get(User, userid)
                operations.reset_password(person, issued, actor=SYSTEM)

    def create_db(self) -> None:
        """The schema comes by Alembic, the roles by our own synchronising."""

    def add_permissions_view(self, base_permissions: object, view_menu: str) -> None:
        """Nothing: see `app.accounts.grants`."""

    def add_permissions_menu(self, view_menu_name: str) -> None:
        """Nothing: the menu asks for the right of its page."""

    def security_cleanup(self, baseviews: object, menus: object) -> None:
        """Nothing: see `app.accounts.grants`."""
