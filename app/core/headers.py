"""What every answer tells the browser to allow: our own files and nothing else."""

import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

# Bootstrap draws its own icons by data: addresses; styles come only from our file
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_YEAR = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """The word that this answer's own scripts carry; another one for every request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def let_us_frame(response: Response) -> Response:
    """Let pages of ours, and nobody else's, show *response* in a frame."""
    policy = POLICY.format(nonce=csp_nonce())
    response.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def install_headers(app: Flask) -> None:
    app.add_template_global(csp_nonce, "csp_nonce")

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", A_YEAR)
        if response.mimetype == "text/html" and not response.cache_control.no_store:
            response.cache_control.private = True  # a page is its reader's, whoever asks next
            response.cache_control.no_cache = True
        return response
