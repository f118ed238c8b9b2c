"""Files of the examples as other programs read them: `read_back.py MAQUETTE`.

Meshes by trimesh and 3MF by lib3mf (strict), with the volume that our report tells; DXF by ezdxf's audit, PDF by pypdf, SVG as XML.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import ezdxf
import lib3mf
import numpy
import pypdf
import trimesh

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOLIDS = [*(ROOT / "examples").glob("*.scad"), ROOT / "tests/gltf/coloured.scad"]
MESHES = [("stl", []), ("stl", ["stl/encoding=ascii"]), ("off", []), ("ply", []), ("obj", []), ("obj", ["obj/colors=false"]), ("glb", [])]
PACKAGES = [[], ["mesh/mergeCoplanar=true"], ["3mf/thumbnail=false"], ["3mf/title=A & B <c>"]]
# what single precision and decimal digits leave of a volume
CLOSE = 1e-5
MILLIMETRES_OF_METRES = 1e9


def main(maquette: str) -> int:
    wrong = []
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)

        def made(model: pathlib.Path, name: str, options=()) -> pathlib.Path:
            asked = [word for option in options for word in ("-O", option)]
            subprocess.run([maquette, "render", "-q", "-o", str(place / name), *asked, str(model)], check=True)
            return place / name

        for model in sorted(SOLIDS):
            if model.stem == "panel":
                continue
            volume = json.loads(made(model, "report.json").read_text())["volume"]
            for ending, options in MESHES:
                scene = trimesh.load(made(model, f"mesh.{ending}", options), force="scene")
                found = scene_volume(scene) * (MILLIMETRES_OF_METRES if ending == "glb" else 1)
                count += 1
                if abs(found - volume) > CLOSE * abs(volume):
                    wrong.append(f"{model.name} {ending} {options}: {found} is not {volume}")
            for options in PACKAGES:
                count += 1
                wrong += [f"{model.name} 3mf {options}: {said}" for said in package_faults(made(model, "model.3mf", options), volume)]
        for model in sorted(SOLIDS):
            count += 3
            audit = ezdxf.readfile(made(model, "sheet.dxf")).audit()
            wrong += [f"{model.name} dxf: {error.message}" for error in audit.errors + audit.fixes]
            if not pypdf.PdfReader(made(model, "sheet.pdf"), strict=True).pages[0].mediabox.width > 0:
                wrong.append(f"{model.name} pdf: no page")
            ElementTree.parse(made(model, "sheet.svg"))
    print("\n".join(wrong))
    print(f"{count} files, {len(wrong)} faults")
    return 1 if wrong or count == 0 else 0


def scene_volume(scene: trimesh.Scene) -> float:
    volume = 0.0
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        volume += volume_of(numpy.asarray(mesh.vertices) @ matrix[:3, :3].T + matrix[:3, 3], mesh.faces)
    return volume


def volume_of(corners, faces) -> float:
    a, b, c = (numpy.asarray(corners, dtype=float)[numpy.asarray(faces)[:, at]] for at in range(3))
    return float(numpy.einsum("ij,ij->", a, numpy.cross(b, c)) / 6)


def package_faults(file: pathlib.Path, volume: float):
    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    try:
        reader.ReadFromFile(str(file))
    except lib3mf.ELib3MFException as error:
        return [str(error)]
    faults = [str(reader.GetWarning(at)) for at in range(reader.GetWarningCount())]
    found = 0.0
    objects = model.GetMeshObjects()
    while objects.MoveNext():
        mesh = objects.GetCurrentMeshObject()
        if not mesh.IsManifoldAndOriented():
            faults.append("is not a closed oriented manifold")
        corners = [list(vertex.Coordinates) for vertex in mesh.GetVertices()]
        faces = [list(triangle.Indices) for triangle in mesh.GetTriangleIndices()]
        found += volume_of(corners, faces)
    if abs(found - volume) > CLOSE * abs(volume):
        faults.append(f"{found} is not {volume}")
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
