"""PDFs that nobody printed: made up to be read without end, or to become more than they look."""

import zlib


def a_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its root."""
    pdf, places = b"%PDF-1.7\n", []
    for n, content in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%b\nendobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(pdf))
    return pdf + head + end


def endless() -> bytes:
    """Forty forms, each of which has the next one twice: a million million fields in a few kilobytes."""
    forms = (b"<</T(x)/Kids[%d 0 R %d 0 R]>>" % (n + 1, n + 1) for n in range(3, 43))
    root = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>"
    return a_pdf(root, b"<</Type/Pages/Kids[]/Count 0>>", *forms, b"<</FT/Sig/T(x)/V<</Type/Sig>>>>")


def bearing(content: bytes, name: bytes = b"statement-") -> bytes:
    """A text travels in it, packed."""
    packed = zlib.compress(content, 9)
    text = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
    root = b"<</Type/Catalog/Pages 2 0 R/AF[<</UF(%b)/EF<</F 3 0 R>>>>]>>" % name
    return a_pdf(root, b"<</Type/Pages/Kids[]/Count 0>>", text)


def swelling() -> bytes:
    """A text travels in it that is a thousand times as long as it looks."""
    return bearing(bytes(20 << 20))
