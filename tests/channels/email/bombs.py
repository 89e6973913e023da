"""Small mails that burn a machine: each by the name of what it abuses. Ann never wrote any of them."""

from __future__ import annotations

from collections.abc import Callable


def _mail(headers: bytes = b"", body: bytes = b"hi") -> bytes:
    return b"From: Ann <ann@example.com>\r\nTo: us@shop.example\r\nSubject: x\r\n" + headers + b"\r\n" + body


def _nested_multiparts(depth: int) -> bytes:
    levels = [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)]
    return b"From: ann@example.com\r\n" + b"".join(levels) + b"\r\nx"


def _recipients(number: int, domain: bytes) -> bytes:
    return _mail(b"Cc: " + b", ".join(b"a%d@%s" % (n, domain) for n in range(number)) + b"\r\n")


# Over a limit: refused by name.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "two thousand nested multiparts": (lambda: _nested_multiparts(2000), "mail_too_many_parts"),
    "a hundred nested multiparts": (lambda: _nested_multiparts(100), "mail_too_deep"),
    "ten thousand pieces of one parameter": (
        lambda: _mail(b"Content-Type: text/plain;\r\n" + b"".join(b" n*%d=x;\r\n" % n for n in range(10_000))),
        "mail_headers_too_large",
    ),
    "two thousand pieces of one parameter": (
        lambda: _mail(b"Content-Type: text/plain;\r\n" + b"".join(b" n*%d=x;\r\n" % n for n in range(2000))),
        "mail_too_many_params",
    ),
    "ten thousand recipients": (lambda: _recipients(10_000, b"example.com"), "mail_headers_too_large"),
    "two thousand recipients": (lambda: _recipients(2000, b"b.cc"), "mail_too_many_recipients"),
    "fifty thousand recipients": (lambda: _recipients(50_000, b"example.com"), "mail_headers_too_large"),
    "a hundred thousand empty parts": (
        lambda: _mail(b'Content-Type: multipart/mixed; boundary="x"\r\n', b"\r\n--x\r\n\r\n" * 100_000),
        "mail_too_many_parts",
    ),
    "five thousand encoded words": (lambda: _mail(b"X-Y: " + b"=?utf-8?q?a?=\r\n " * 5000 + b"\r\n"), "mail_headers_too_large"),
    "forty thousand references": (
        lambda: _mail(b"References: " + b"<a@example.com>\r\n " * 40_000 + b"\r\n"),
        "mail_headers_too_large",
    ),
    "nine hundred mails inside each other": (
        lambda: _mail() [:-4] + b"Content-Type: message/rfc822\r\n\r\n" * 900,
        "mail_too_many_parts",
    ),
    "an endless boundary": (
        lambda: _mail(b'Content-Type: multipart/mixed; boundary="' + b"x" * 3_000_000 + b'"\r\n'),
        "mail_headers_too_large",
    ),
    "a hundred thousand headers": (lambda: b"From: ann@example.com\r\n" + b"X: y\r\n" * 100_000, "mail_headers_too_large"),
    "more than 25 MB": (lambda: _mail(body=b"x" * (25 * 1024 * 1024)), "mail_too_large"),
}  # fmt: skip

# Within the limits: read, in bounded time.
READ: dict[str, Callable[[], bytes]] = {
    "five hundred nested comments": lambda: _mail(b"Cc: " + b"(" * 500 + b")" * 500 + b" a@example.com\r\n"),
    "three thousand encoded words": lambda: b"From: ann@example.com\r\nSubject: " + b"=?utf-8?q?a?=\r\n " * 3000 + b"\r\n",
    "a million dashes": lambda: _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", b"\n--" * 1_000_000),
    "a million boundaries on one line": lambda: _mail(b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x" * 1_000_000),
    "a million line ends": lambda: _mail(body=b"\n" * 1_000_000),
    "a line of five million quote marks": lambda: _mail(body=b">" * 5_000_000),
    "thirty thousand beginnings of a quote": lambda: _mail(body=b"On " * 30_000 + b"wrote"),
    "three thousand lines like a quote header": lambda: _mail(body=b"\n".join([b"On 1 2 " * 100] * 3000)),
    "two hundred thousand open elements": lambda: _mail(b"Content-Type: text/html\r\n", b"<div>" * 200_000),
    "twenty thousand nested quotes": lambda: _mail(b"Content-Type: text/html\r\n", b"<blockquote>x" * 20_000),
    "thirty thousand links": lambda: _mail(
        b"Content-Type: text/html\r\n", b"".join(b"<a href=https://e.example/%d>x</a>" % n for n in range(30_000))
    ),
    "links on one line": lambda: _mail(b"Content-Type: text/html\r\n", b"<a href=https://e.example/>x" * 30_000),
    "five million quoted bytes": lambda: _mail(b"Content-Transfer-Encoding: quoted-printable\r\n", b"=41" * 5_000_000),
    "a broken uuencode": lambda: _mail(
        b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 666 x\n" + b"M" * 70 + b"\n" * 500_000
    ),
}  # fmt: skip
