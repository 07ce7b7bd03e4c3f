"""The text in a file, by libraries that each know one format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCX = _OFFICE + "wordprocessingml.document"
_XLSX = _OFFICE + "spreadsheetml.sheet"
_PPTX = _OFFICE + "presentationml.presentation"
_HTML = ("text/html", "application/xhtml+xml")
_TEXT = ("application/json", "application/xml", "application/x-yaml")

EXPORTS = {
    "application/vnd.google-apps.document": "text/plain",
    "application/vnd.google-apps.spreadsheet": _XLSX,  # as CSV, Google sends the first sheet only
    "application/vnd.google-apps.presentation": "text/plain",
}
"""What Google's own kinds are downloaded as."""


class NoText(Exception):
    """Why a file has no text that could be found, in words for an administrator."""


def is_supported(mime: str) -> bool:
    """Whether `text_of` can read it, after an export if it is one of Google's own kinds."""
    mime = EXPORTS.get(mime, mime)
    return mime in _READERS or mime in _HTML or mime in _TEXT or mime.startswith("text/")


def text_of(path: Path, mime: str) -> str:
    """The text of a downloaded file. Raises `NoText`, or what the format's library raises for a broken file."""
    mime = EXPORTS.get(mime, mime)
    if mime in _READERS:
        text = "\n".join(_READERS[mime](path))
    elif mime in _HTML:
        text = _html(path)
    else:
        text = _decoded(path)
    text = text.replace("\0", "").strip()
    if not text:
        raise NoText("it holds no text, as a scan does")
    return text


def _pdf(path: Path) -> Iterator[str]:
    from pypdf import PdfReader

    with PdfReader(path) as reader:
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoText("it is protected by a password")
        for page in reader.pages:
            yield page.extract_text()


def _word(path: Path) -> Iterator[str]:
    from docx import Document
    from docx.table import Table

    with path.open("rb") as file:
        for part in Document(file).iter_inner_content():
            if isinstance(part, Table):
                for row in part.rows:
                    yield " | ".join(cell.text.strip() for cell in row.cells)
            else:
                yield part.text


def _excel(path: Path) -> Iterator[str]:
    from openpyxl import load_workbook

    with path.open("rb") as file:  # by its path, openpyxl would refuse a file without an ending
        book = load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield f"--- Sheet: {sheet.title} ---"
            for row in sheet.iter_rows(values_only=True):
                cells = [str(cell) for cell in row if cell is not None]
                if cells:
                    yield " | ".join(cells)


def _powerpoint(path: Path) -> Iterator[str]:
    from pptx import Presentation

    for number, slide in enumerate(Presentation(str(path)).slides, 1):
        yield f"--- Slide {number} ---"
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            elif getattr(shape, "has_table", False):
                for row in shape.table.rows:
                    yield " | ".join(cell.text for cell in row.cells)
        if slide.has_notes_slide:
            yield slide.notes_slide.notes_text_frame.text


def _html(path: Path) -> str:
    from inscriptis import get_text

    markup = _decoded(path)
    return get_text(markup) if markup.strip() else ""


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw).best()
        if best is None:
            raise NoText("its characters are in no known encoding") from None
        return str(best)


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "application/pdf": _pdf,
    _DOCX: _word,
    _XLSX: _excel,
    _PPTX: _powerpoint,
}
