"""What can be read in a PDF."""

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """All words in one line."""
    return " ".join(" ".join(pages_of(pdf)).split())
