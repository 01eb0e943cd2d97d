"""Security headers on every answer: a strict content policy without inline code or style."""

from flask import Flask, Response

from app.core import assets


def init_app(app: Flask) -> None:
    """Add them after each request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", content_policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def content_policy() -> str:
    """The policy of our pages. The one inline script is the import map, named by its hash."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' '{assets.import_map_hash()}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
