"""Documents of every kind that people send, made here: harmless ones, and hostile ones."""

import zipfile
import zlib
from io import BytesIO

from openpyxl import Workbook

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = f"""<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>
<Override PartName="/word/document.xml"
 ContentType="{OFFICE}.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT = f"""<?xml version="1.0"?>
<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Target="word/document.xml"
 Type="{R}/officeDocument"/></Relationships>"""
PICTURE = """<w:p><w:r><w:drawing>
<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">
<wp:extent cx="990000" cy="990000"/><wp:docPr id="1" name="p"/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>
<pic:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="990000" cy="990000"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""


def docx(text="能源管理制度", *, body="", links=(), more=None):
    """A document of Word's with *text*; *links* are addresses outside of it, *more* its parts."""
    document = (
        f'<?xml version="1.0"?><w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>{body}</w:body></w:document>"
    )
    related = "".join(
        f'<Relationship Id="rId9" Type="{R}/{kind}" Target="{address}" TargetMode="External"/>'
        for kind, address in links
    )
    # Word's own order: what tells types by their first bytes looks for it
    with zipfile.ZipFile(file := BytesIO(), "w", zipfile.ZIP_DEFLATED) as packed:
        parts = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": ROOT,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": (
                f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">{related}</Relationships>'
            ),
            **(more or {}),
        }
        for name, content in parts.items():  # the same bytes whenever it is made
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docx_with_picture_at(address):
    """It shows a picture that lies at *address*, and takes its template from there as well."""
    return docx(body=PICTURE, links=[("image", address)])


def docm():
    """A document with a macro, called .docx."""
    return docx(more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Sub AutoOpen()" * 50})


def docx_bomb(mib=3000):
    """A few MiB that unpack to *mib* MiB of text."""
    with zipfile.ZipFile(file := BytesIO(), "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", ROOT)
        with packed.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>'.encode())
            for _each in range(mib):
                part.write(b"A" * (1 << 20))
            part.write(b"</w:t></w:r></w:p></w:body></w:document>")
    return file.getvalue()


def xlsx(*rows):
    book = Workbook()
    for row in rows or (["能源品种", "吨标准煤"], ["原煤", 12.5]):
        book.active.append(row)
    book.save(file := BytesIO())
    return file.getvalue()


def xlsx_with_a_far_cell():
    """A few KiB with one cell in the last column of the last row."""
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "here", "there"
    book.save(file := BytesIO())
    return file.getvalue()


def xlsx_without_end(rows=120_000):
    """Some MiB that take minutes to lay out on pages."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for number in range(rows):
        page.append([number, *("text" * 3 for _each in range(12))])
    book.save(file := BytesIO())
    return file.getvalue()


def pdf(body=b"", *, catalogue=b""):
    """A page that says nothing; *catalogue* are further entries of its root."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R" + catalogue + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
        + body
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def pdf_with_script():
    """It would run JavaScript when it is opened."""
    script = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);this.submitForm\\('/x'\\))>>"
    return pdf(catalogue=script)


def pdf_with_packed_script():
    """The same within an object stream, as most programs write them."""
    script = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
    packed = zlib.compress(b"4 0 " + script)
    head = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d" % len(packed)
    stream = b"5 0 obj<<" + head + b">>stream\n" + packed + b"\nendstream endobj\n"
    return pdf(stream, catalogue=b"/OpenAction 4 0 R")


def pdf_that_is_also_html():
    return pdf(b"<html><script>document.title='taken over'</script></html>\n")
