"""`mdt-central`: runs the central store and administers it, with the exit codes and the JSON of `mdt`."""

import importlib
import sys
from argparse import ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Callable, Sequence

from mdt_desktop.cli.command_line import Parser, path, run, text
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.words import words

Verb = Callable[[Namespace, Terminal], Answer]
_OF_THE_CENTRAL_STORE = frozenset({"fastapi", "starlette", "uvicorn", "psycopg", "authlib", "joserfc"})


class CentralNotInstalled(StoreProblem):
    """What only the central store needs was not installed with the program."""

    code = "central_not_installed"


class _CentralParser(Parser):
    """Also refuses an `audit` that says nothing of what to do, or two things."""

    def require_values(self, options: Namespace) -> None:
        """As any parser does; argparse has no word for options of which one goes with another."""
        super().require_values(options)
        if options.verb == "audit" and not options.verify and (options.export is None) == (options.anchor is None):
            self.error(words("cli.central.audit_wish"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    return run(argv, _parser, _run_verb)


def _run_verb(options: Namespace, terminal: Terminal) -> Answer:
    # Loaded here: --help and a mistyped verb need neither web server nor database driver.
    try:
        verb: Verb = getattr(importlib.import_module("mdt_desktop.cli.central_verbs"), options.verb)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in _OF_THE_CENTRAL_STORE:
            raise CentralNotInstalled from missing
        raise
    return verb(options, terminal)


def _parser() -> Parser:
    about = words("cli.central.about")
    parser = _CentralParser("mdt-central", description=about, epilog=words("cli.about_exit"), allow_abbrev=False)
    verbs = parser.add_subparsers(
        title=words("cli.verbs"), metavar="VERB", required=True, parser_class=Parser
    )
    serve = _leaf(verbs, "serve", "serve")
    _add_store(serve)
    serve.add_argument("--host", type=text, default="127.0.0.1", metavar="HOST", help=words("cli.central.host"))
    serve.add_argument("--port", type=_port, default=8765, metavar="PORT", help=words("cli.central.port"))
    serve.add_argument("--certificate", type=path, metavar="FILE", help=words("cli.central.certificate"))
    serve.add_argument("--key", type=path, metavar="FILE", help=words("cli.central.key"))
    for option, metavar in (("issuer", "URL"), ("client", "ID"), ("claim", "NAME")):
        serve.add_argument(f"--oidc-{option}", type=text, metavar=metavar, help=words(f"cli.central.oidc_{option}"))
    serve.add_argument("--anchor", type=path, metavar="FILE", help=words("cli.central.serve_anchor"))
    serve.add_argument("--public-url", type=text, metavar="URL", help=words("cli.central.public_url"))
    help_text = words("cli.central.help.admin")
    admin = verbs.add_parser("admin", help=help_text, description=help_text, allow_abbrev=False)
    _add_store(admin)
    parts = admin.add_subparsers(title=words("cli.verbs"), metavar="VERB", required=True)
    _add_people(parts)
    _add_places(parts)
    _add_keeping(parts)
    return parser


def _add_people(verbs: "_SubParsersAction[Parser]") -> None:
    user = _branch(verbs, "user")
    add = _leaf(user, "add", "user_add")
    add.add_argument("name", type=text, metavar="NAME", help=words("cli.central.user_name"))
    add.add_argument("--role", required=True, type=text, metavar="ROLE", help=words("cli.central.role"))
    add.add_argument(
        "--locality", required=True, action="append", type=text, metavar="NAME", help=words("cli.central.localities")
    )
    add.add_argument("--restricted", action="store_true", help=words("cli.central.restricted"))
    add.add_argument("--password-file", type=path, metavar="FILE", help=words("cli.central.password"))
    revoke = _leaf(user, "revoke", "user_revoke")
    revoke.add_argument("name", type=text, metavar="NAME", help=words("cli.central.user_name"))
    totp = _leaf(user, "totp", "user_totp")
    totp.add_argument("name", type=text, metavar="NAME", help=words("cli.central.user_name"))
    unlink = _leaf(user, "unlink", "user_unlink")
    unlink.add_argument("name", type=text, metavar="NAME", help=words("cli.central.user_name"))
    totp.add_argument("--off", action="store_true", help=words("cli.central.off"))
    member = _branch(verbs, "member")
    give, end = _leaf(member, "add", "member_add"), _leaf(member, "end", "member_end")
    give.add_argument("--role", required=True, type=text, metavar="ROLE", help=words("cli.central.role"))
    for parser in (give, end):
        parser.add_argument("name", type=text, metavar="NAME", help=words("cli.central.user_name"))
        parser.add_argument("--locality", required=True, type=text, metavar="NAME", help=words("cli.central.locality"))
        parser.add_argument("--restricted", action="store_true", help=words("cli.central.tier"))
    device = _branch(verbs, "device")
    _leaf(device, "list", "device_list")
    away = _leaf(device, "revoke", "device_revoke")
    away.add_argument("device", type=text, metavar="DEVICE", help=words("cli.central.device"))


def _add_places(verbs: "_SubParsersAction[Parser]") -> None:
    locality = _branch(verbs, "locality")
    add = _leaf(locality, "add", "locality_add")
    add.add_argument("name", type=text, metavar="NAME", help=words("cli.central.locality"))
    move = _leaf(verbs, "move", "move")
    move.add_argument("--locality", required=True, type=text, metavar="NAME", help=words("cli.central.locality"))
    move.add_argument("--restricted", action="store_true", help=words("cli.central.tier"))
    for parser in (move, _leaf(verbs, "erase", "erase")):
        parser.add_argument("person", type=text, metavar="ID-OR-NHS-NUMBER", help=words("cli.central.person"))
        parser.add_argument("--reason", required=True, type=text, metavar="TEXT", help=words("cli.central.reason"))


def _add_keeping(verbs: "_SubParsersAction[Parser]") -> None:
    keys = _branch(verbs, "keys")
    _leaf(keys, "rotate", "keys_rotate")
    _leaf(keys, "anew", "keys_anew")
    serving = _branch(verbs, "serving")
    _leaf(serving, "list", "serving_list")
    granted = _leaf(serving, "grant", "serving_grant")
    granted.add_argument("account", type=text, metavar="ACCOUNT", help=words("cli.central.account"))
    audit = _leaf(verbs, "audit", "audit")
    which = audit.add_mutually_exclusive_group()
    which.add_argument("--verify", action="store_true", help=words("cli.central.verify"))
    which.add_argument("--export", type=path, metavar="FILE", help=words("cli.central.export"))
    audit.add_argument("--anchor", type=path, metavar="FILE", help=words("cli.central.anchor"))
    _leaf(verbs, "tidy", "tidy")
    for name in ("backup", "restore"):
        parser = _leaf(verbs, name, name)
        parser.add_argument("file", type=path, metavar="FILE", help=words(f"cli.central.{name}_file"))


def _branch(verbs: "_SubParsersAction[Parser]", name: str) -> "_SubParsersAction[Parser]":
    about = words(f"cli.central.help.{name}")
    parser = verbs.add_parser(name, help=about, description=about, allow_abbrev=False)
    return parser.add_subparsers(title=words("cli.verbs"), metavar="VERB", required=True)


def _leaf(verbs: "_SubParsersAction[Parser]", name: str, verb: str) -> Parser:
    about = words(f"cli.central.help.{verb}")
    parser = verbs.add_parser(name, help=about, description=about, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help=words("cli.help.json"))
    parser.set_defaults(verb=verb)
    return parser


def _add_store(parser: Parser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--data", type=path, metavar="DIR", help=words("cli.central.data"))
    which.add_argument("--database", type=text, metavar="URL", help=words("cli.central.database"))
    parser.add_argument("--secrets-key", type=path, metavar="FILE", help=words("cli.central.secrets_key"))


def _port(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given) < 65_536):
        raise ArgumentTypeError(words("cli.central.port_wrong", given=given))
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
