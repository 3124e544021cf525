"""Banks of questions in the formats of the outside world: reading and writing, without a database."""

from apps.quizzes.adapters import csv_bank, qti_reader, qti_writer
from apps.quizzes.adapters.written import MAX_BYTES, BankError, Written

__all__ = ["MAX_BYTES", "BankError", "Written", "csv_bank", "qti_writer", "read"]

_ZIP = b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes) -> list[Written]:
    """The questions of a file: CSV, a QTI item (2.1 or 3.0), or a QTI package; told by how it begins.

    Raises BankError, which names the place.
    """
    if len(data) > MAX_BYTES:
        raise BankError.too_large()
    start = data[:200].removeprefix(_BOM).lstrip()
    if start.startswith(_ZIP):
        return qti_reader.read_package(data)
    if data[:2] in _WIDE:
        # What spreadsheets call “Unicode text” is a table; the rest of UTF-16 is XML, which says so itself.
        text = data.decode("utf-16", errors="replace")
        return qti_reader.read_item(data) if text.lstrip().startswith("<") else csv_bank.read(text.encode())
    if start.startswith(b"<"):
        return qti_reader.read_item(data)
    return csv_bank.read(data)
