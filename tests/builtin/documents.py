"""Files of every kind that the Drive task reads, made around a text."""

from __future__ import annotations

import io
import zlib

GOOGLE = "application/vnd.google-apps."
OFFICE = "application/vnd.openxmlformats-officedocument."
MIMES = {
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "pdf": "application/pdf",
    "gdoc": GOOGLE + "document",
    "gsheet": GOOGLE + "spreadsheet",
    "gslides": GOOGLE + "presentation",
}


def file_of(kind: str, text: str) -> bytes:
    """The bytes of a file of that kind."""
    if kind == "html":
        return f"<html><head><title>x</title></head><body><h1>Title</h1><p>{text}</p></body></html>".encode()
    makers = {"docx": _word, "xlsx": _excel, "gsheet": _excel, "pptx": _powerpoint, "pdf": _pdf}
    return makers[kind](text) if kind in makers else text.encode()


def _word(text: str) -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph(text)
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "left", "right"
    return _saved(document.save)


def _excel(text: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["word", text])
    book.create_sheet("Second").append(["on the second sheet", 42])
    return _saved(book.save)


def _powerpoint(text: str) -> bytes:
    from pptx import Presentation

    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = text
    slide.notes_slide.notes_text_frame.text = "said aloud"
    return _saved(presentation.save)


def _pdf(text: str) -> bytes:
    """One page, one line."""
    safe = text.replace("\\", "").replace("(", "").replace(")", "")
    content = zlib.compress(f"BT /F1 12 Tf 10 700 Td ({safe}) Tj ET".encode("latin-1", "replace"))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def _saved(save: object) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()
