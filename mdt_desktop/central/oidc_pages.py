"""The sign-in page in the browser: plain HTML without scripts, in the program's colours, readable by any reader."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from string import Template
from typing import Any
from urllib.parse import urlsplit

from fastapi import Response

from mdt_desktop.paths import resources_dir
from mdt_desktop.words import words

_COLOURS = ("window", "surface", "control", "text", "muted", "focus", "accent", "on_accent", "very_high", "divider")
_STYLE = Template(
    """
:root { color-scheme: light dark; $light }
@media (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--window);
  color: var(--text); font: 1rem/1.5 Inter, "Segoe UI", system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; background: var(--surface); border: 1px solid var(--divider); border-radius: 6px;
  padding: 1.5rem; }
.product { margin: 0 0 1rem; color: var(--muted); font-size: .875rem; font-weight: 600; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; font-weight: 600; }
p { margin: 0 0 1rem; }
.about { color: var(--muted); overflow-wrap: anywhere; }
.problem { border-left: 4px solid var(--very_high); padding: .25rem 0 .25rem .75rem; color: var(--very_high); }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
input { display: block; width: 100%; min-height: 2.75rem; margin: 0 0 1rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--surface); border: 1px solid var(--control); border-radius: 6px; }
.buttons { display: flex; gap: .75rem; flex-wrap: wrap; }
button { min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 600; border-radius: 6px;
  border: 1px solid var(--control); background: transparent; color: inherit; cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on_accent); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
"""
)
_PAGE = Template(
    """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>$title – MDT Desktop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<style>$style</style></head>
<body><main><p class="product">MDT Desktop</p><h1>$title</h1>
<p class="about">$about</p>
$content</main></body></html>
"""
)


def name_page(hidden: Sequence[tuple[str, str]], host: str, name: str = "", problem: str = "") -> str:
    """Asks for name and password."""
    first = "" if name else " autofocus"
    fields = (
        f'<label for="user">{_words("name")}</label>'
        f'<input id="user" name="user" value="{escape(name)}" autocomplete="username" autocapitalize="none"'
        f' spellcheck="false" maxlength="200" required{first}>'
        f'<label for="password">{_words("password")}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024"'
        f' required{"" if first else " autofocus"}>'
    )
    return _page("title", escape(words("central.page.about", host=host)), _form(fields, hidden, problem))


def code_page(hidden: Sequence[tuple[str, str]], problem: str = "") -> str:
    """Asks for the one-time code."""
    fields = (
        f'<label for="code">{_words("code")}</label>'
        '<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required'
        " autofocus>"
    )
    return _page("code_title", _words("code_about"), _form(fields, hidden, problem))


def end_page() -> str:
    """Says that this cannot go on, and where to begin again."""
    return _page("wrong_title", _words("wrong"), "")


def answer(page: str, status: int, redirect_uri: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """The page with what keeps it from being framed, kept, scripted or led astray.

    Browsers hold a redirect after a form against `form-action` too, so the laptop's own address is allowed there.
    """
    target = urlsplit(redirect_uri)
    to = f" http://{target.netloc}" if target.netloc else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_style_hash()}'; form-action 'self'{to}; frame-ancestors 'none';"
        " base-uri 'none'"
    )
    sent = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        **(headers or {}),
    }
    return Response(page, status, sent, "text/html; charset=utf-8")


def _page(title: str, about: str, content: str) -> str:
    return _PAGE.substitute(title=_words(title), style=_style(), about=about, content=content)


def _form(fields: str, hidden: Sequence[tuple[str, str]], problem: str) -> str:
    kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden)
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'{told}<form method="post" action="authorize">{kept}{fields}<div class="buttons">'
        f'<button class="primary" name="go" value="on">{_words("go")}</button>'
        f'<button name="go" value="cancel" formnovalidate>{_words("cancel")}</button></div></form>'
    )


def _words(key: str) -> str:
    return escape(words(f"central.page.{key}"))


@cache
def _style() -> str:
    tokens: dict[str, Any] = json.loads((resources_dir() / "styles" / "tokens.json").read_text(encoding="utf-8"))
    schemes = {
        name: " ".join(f"--{colour}: {tokens['colours'][name][colour]};" for colour in _COLOURS)
        for name in ("light", "dark")
    }
    return _STYLE.substitute(schemes)


@cache
def _style_hash() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
