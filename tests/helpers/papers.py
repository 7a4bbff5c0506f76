"""Papers as people bring them: PDFs and pictures made at test time, whole, locked, damaged and deceiving."""

import io
import os

import pikepdf
from PIL import Image


def a_pdf(pages: int = 1, size: tuple[int, int] = (595, 842), words: str = "An invented letter") -> bytes:
    """A PDF of blank pages whose title makes it another one than the next."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=size)
    made.docinfo["/Title"] = words
    target = io.BytesIO()
    made.save(target, deterministic_id=True)
    return target.getvalue()


def a_locked_pdf(user: str = "secret", owner: str = "owner") -> bytes:
    """A PDF that wants a password; without a user's one it opens, and only its owner may change it."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf())) as made:
        made.save(target, encryption=pikepdf.Encryption(user=user, owner=owner, R=6))
    return target.getvalue()


def a_pdf_with_script() -> bytes:
    """A PDF that asks to run something as soon as it is opened."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.launchURL('https://example.invalid')")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def a_picture(kind: str = "PNG", size: tuple[int, int] = (120, 80), colour: object = "teal", **more: object) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    Image.new(mode, size, colour).save(target, kind, **more)  # type: ignore[arg-type]
    return target.getvalue()


def a_turned_photo() -> bytes:
    """A photo that was taken with the telephone held upright: wide in the file, tall when it is shown."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return a_picture("JPEG", (120, 80), exif=exif)


def a_noisy_pdf(size: int) -> bytes:
    """A PDF of about `size` bytes that cannot be made smaller: several pieces of content."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.Root.Noise = pikepdf.Stream(made, os.urandom(size))
    target = io.BytesIO()
    made.save(target, compress_streams=False)
    return target.getvalue()
