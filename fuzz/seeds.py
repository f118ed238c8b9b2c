#!/usr/bin/env python3
"""seeds.py FOLDER: first inputs of the fuzz targets, one folder each: the language's own cases, and one small file of each format."""
import hashlib
import io
import pathlib
import struct
import sys
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
LONGEST = 4000


def programs():
    for path in sorted((ROOT / "tests/scad").rglob("*.scad")):
        for case in path.read_text().split("// --- ")[1:]:
            lines = case.split("\n")[1:]
            yield "\n".join(line for line in lines if not line.startswith("// ")).encode()
    for path in sorted((ROOT / "examples").rglob("*.scad")):
        yield path.read_bytes()


def png(width, height, color_type, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    stride = len(pixels) // height
    rows = b"".join(b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride))
    head = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


CORNERS = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
FACES = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)]


def stl_text():
    loops = ""
    for face in FACES:
        vertices = "".join("vertex %g %g %g\n" % CORNERS[corner] for corner in face)
        loops += f"facet normal 0 0 0\nouter loop\n{vertices}endloop\nendfacet\n"
    return f"solid t\n{loops}endsolid t\n".encode()


def stl_binary():
    out = bytes(80) + struct.pack("<I", len(FACES))
    for face in FACES:
        out += bytes(12) + b"".join(struct.pack("<3f", *CORNERS[corner]) for corner in face) + bytes(2)
    return out


def amf():
    vertices = "".join("<vertex><coordinates><x>%g</x><y>%g</y><z>%g</z></coordinates></vertex>" % c for c in CORNERS)
    faces = "".join("<triangle><v1>%d</v1><v2>%d</v2><v3>%d</v3></triangle>" % f for f in FACES)
    mesh = f"<mesh><vertices>{vertices}</vertices><volume>{faces}</volume></mesh>"
    return f'<?xml version="1.0"?><amf unit="millimeter"><object id="0">{mesh}</object></amf>'.encode()


def threemf():
    vertices = "".join('<vertex x="%g" y="%g" z="%g"/>' % c for c in CORNERS)
    faces = "".join('<triangle v1="%d" v2="%d" v3="%d"/>' % f for f in FACES)
    mesh = f"<mesh><vertices>{vertices}</vertices><triangles>{faces}</triangles></mesh>"
    parts = '<component objectid="1"/><component objectid="1" transform="1 0 0 0 1 0 0 0 1 5 0 0"/>'
    objects = f'<object id="1">{mesh}</object><object id="2"><components>{parts}</components></object>'
    name = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
    model = f'<model unit="millimeter" xmlns="{name}"><resources>{objects}</resources><build><item objectid="2"/></build></model>'
    link = '<Relationship Id="r" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel" Target="/3D/3dmodel.model"/>'
    links = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{link}</Relationships>'
    return packed({"_rels/.rels": links, "3D/3dmodel.model": model})


def dxf():
    def entity(kind, **groups):
        lines = "".join(f"{code[1:]}\n{value}\n" for code, value in groups.items())
        return f"0\n{kind}\n8\n0\n{lines}"

    block = "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nb\n10\n0\n20\n0\n" + entity("CIRCLE", g10=0, g20=0, g40=2)
    block += "0\nENDBLK\n0\nENDSEC\n"
    shapes = entity("LINE", g10=0, g20=0, g11=5, g21=0) + entity("ARC", g10=0, g20=0, g40=5, g50=0, g51=90)
    shapes += entity("INSERT", g2="b", g10=9, g20=9) + entity("ELLIPSE", g10=0, g20=0, g11=4, g21=0, g40=0.5, g41=0, g42=6.28)
    corners = "".join(f"10\n{x}\n20\n{y}\n42\n0.5\n" for x, y in [(0, 0), (4, 0), (4, 4)])
    shapes += f"0\nLWPOLYLINE\n8\n0\n90\n3\n70\n1\n{corners}"
    return f"{block}0\nSECTION\n2\nENTITIES\n{shapes}0\nENDSEC\n0\nEOF\n".encode()


def svg():
    shapes = '<rect x="1" y="1" width="5" height="4" rx="1"/><circle cx="9" cy="9" r="2"/><polygon points="0,0 4,0 4,4"/>'
    shapes += '<path d="M0 0 C 1 2 3 2 4 0 Q 5 3 2 4 A 1 1 0 0 1 0 0 z"/><use href="#g" x="3"/>'
    body = f'<g id="g" transform="rotate(10) scale(2)">{shapes}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="10mm" viewBox="0 0 20 20">{body}</svg>'.encode()


def files():
    off = "OFF\n4 4 0\n" + "".join("%g %g %g\n" % c for c in CORNERS) + "".join("3 %d %d %d\n" % f for f in FACES)
    obj = "".join("v %g %g %g\n" % c for c in CORNERS) + "".join("f %d %d %d\n" % tuple(i + 1 for i in f) for f in FACES)
    kinds = [[stl_text(), stl_binary()], [off.encode()], [obj.encode()], [amf(), packed({"a.amf": amf()})], [threemf()]]
    kinds += [[svg()], [dxf()], [b"# heights\n1 2 3\n4 5 6\n"]]
    kinds += [[png(3, 2, 0, bytes(range(6))), png(2, 2, 2, bytes(range(12))), png(2, 2, 6, bytes(range(16)))]]
    for kind, contents in enumerate(kinds):
        for content in contents:
            yield bytes([kind]) + content


def write(folder, inputs):
    folder.mkdir(parents=True, exist_ok=True)
    for content in inputs:
        if 0 < len(content) <= LONGEST:
            (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def main():
    target = pathlib.Path(sys.argv[1])
    for name in ["scad_parse", "scad_evaluate", "scad_customizer"]:
        write(target / name, programs())
    write(target / "import_bytes", files())


main()
