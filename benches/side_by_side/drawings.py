#!/usr/bin/env python3
"""CPU seconds of drawings: maquette beside Blender's Line Art and draftwright, in turn, on the same solids.

    benches/side_by_side/drawings.py BINARY [--rounds 3] [--blender PYTHON] [--draftwright FOLDER]

PYTHON has `bpy` (PyPI; Line Art draws what is visible only), FOLDER is the virtual environment with `draftwright` (it takes STEP, so that its bracket is
built again with build123d). Prints the median user and system CPU of the rounds. For one view: maquette, visible and hidden lines to SVG, less what it
takes to read the same STL and write it; Line Art, its evaluation alone, without start and import. For a whole sheet: both processes from start to end, PDF,
SVG and DXF.
"""
import argparse
import pathlib
import resource
import statistics
import subprocess
import tempfile

PLATE = "difference() { cube([210, 210, 6]); for (x = [0 : 19], y = [0 : 19]) translate([10 + 10 * x, 10 + 10 * y, -1]) cylinder(d = 6, h = 8, $fn = 128); }"
GEAR = """difference() {
  linear_extrude(12) union() { circle(r = 36, $fn = 360); for (t = [0 : 23]) rotate(15 * t) translate([35, 0]) polygon([[0, -4], [8, -1.6], [8, 1.6], [0, 4]]); }
  for (a = [0 : 5]) rotate(60 * a) translate([22, 0, -1]) cylinder(d = 10, h = 14, $fn = 160);
  translate([0, 0, -1]) cylinder(d = 16, h = 14, $fn = 256);
}"""
BLOB = "minkowski() { sphere(20, $fn = 240); rotate([20, 30, 0]) scale([1, 2, 0.7]) sphere(12, $fn = 240); }"
BRACKET = """difference() {
  union() { cube([120, 80, 10]); cube([120, 10, 60]); }
  for (x = [20, 100]) { translate([x, 30, -1]) cylinder(d = 11, h = 12, $fn = 64); translate([x, 60, -1]) cylinder(d = 11, h = 12, $fn = 64); }
  translate([60, -1, 38]) rotate([-90, 0, 0]) cylinder(d = 25, h = 12, $fn = 96);
}"""
VIEWS = {"isometric": (1, -1, 1), "front": (0, -1, 0)}
LINE_ART = """
import math, resource, sys
import bpy
from mathutils import Vector
spent = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.wm.stl_import(filepath=sys.argv[1])
corners = [Vector(corner) for corner in bpy.context.selected_objects[0].bound_box]
middle = sum(corners, Vector()) / 8
radius = max((corner - middle).length for corner in corners)
towards = Vector(map(float, sys.argv[2:5])).normalized()
lens = bpy.data.cameras.new("camera")
lens.type, lens.ortho_scale, lens.clip_end = "ORTHO", radius * 2.1, radius * 10
camera = bpy.data.objects.new("camera", lens)
camera.location = middle + towards * radius * 3
camera.rotation_euler = (-towards).to_track_quat("-Z", "Y").to_euler()
ink = bpy.data.grease_pencils_v3.new("ink") if hasattr(bpy.data, "grease_pencils_v3") else bpy.data.grease_pencils.new("ink")
drawing = bpy.data.objects.new("drawing", ink)
for thing in (camera, drawing):
    bpy.context.scene.collection.objects.link(thing)
bpy.context.scene.camera = camera
ink.layers.new("lines").frames.new(1)
black = bpy.data.materials.new("black")
bpy.data.materials.create_gpencil_data(black)
ink.materials.append(black)
lines = drawing.modifiers.new("lines", "LINEART")
lines.source_type, lines.target_layer, lines.target_material = "SCENE", "lines", black
lines.crease_threshold = math.radians(140)
before = spent()
bpy.context.evaluated_depsgraph_get().update()
strokes = drawing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
assert any(layer.frames and layer.frames[0].drawing.strokes for layer in strokes.layers)
print("spent", spent() - before)
"""
STEP = """
import sys
from build123d import Align, Box, Cylinder, Location, export_step
low = (Align.MIN,) * 3
part = Box(120, 80, 10, align=low) + Box(120, 10, 60, align=low)
for x in (20, 100):
    for y in (30, 60):
        part -= Location((x, y, 5)) * Cylinder(5.5, 12)
part -= Location((60, 5, 38), (90, 0, 0)) * Cylinder(12.5, 12)
export_step(part, sys.argv[1])
"""


def run(*command):
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr[-400:]}")
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before, done.stdout


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--blender", type=pathlib.Path)
    options.add_argument("--draftwright", type=pathlib.Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(given, pathlib.Path(scratch))


def measure(given, scratch):
    print("| solid | triangles | drawn | maquette | peer | times |\n| --- | --- | --- | --- | --- | --- |")
    for name, program in {"plate, 400 holes": PLATE, "gear": GEAR, "smooth body": BLOB}.items():
        (scratch / "model.scad").write_text(program)
        mesh = scratch / "model.stl"
        run(given.binary, "render", scratch / "model.scad", "-q", "-o", mesh)
        (scratch / "import.scad").write_text('import("model.stl");')
        triangles = (mesh.stat().st_size - 84) // 50
        for view, towards in VIEWS.items():
            ours, theirs = [], []
            for _ in range(given.rounds):
                read, _ = run(given.binary, "render", scratch / "import.scad", "-q", "-o", scratch / "out.stl")
                drawn, _ = run(given.binary, "render", scratch / "import.scad", "-q", "-o", scratch / "out.svg",
                               "-O", f"drawing/views={view}", "-O", "drawing/dimensions=none", "-O", "drawing/hiddenLines=true")
                ours.append(drawn - read)
                if given.blender:
                    _, said = run(given.blender, "-c", LINE_ART, mesh, *towards)
                    theirs.append(float(said.split("spent ")[1].split()[0]))
            row(name, triangles, f"{view}; Line Art", ours, theirs)
    (scratch / "bracket.scad").write_text(BRACKET)
    ours, theirs = [], []
    if given.draftwright:
        run(given.draftwright / "bin/python", "-c", STEP, scratch / "bracket.step")
    for _ in range(given.rounds):
        outputs = [word for kind in ("pdf", "svg", "dxf") for word in ("-o", scratch / f"sheet.{kind}")]
        ours.append(run(given.binary, "render", scratch / "bracket.scad", "-q", *outputs, "-O", "drawing/views=front,top,left,isometric")[0])
        if given.draftwright:
            theirs.append(run(given.draftwright / "bin/draftwright", scratch / "bracket.step", "--format", "pdf,svg,dxf", "--out", scratch / "peer")[0])
    row("bracket", "", "whole sheet, three formats; draftwright", ours, theirs)


def row(name, triangles, drawn, ours, theirs):
    ours = statistics.median(ours)
    theirs = statistics.median(theirs) if theirs else None
    peer = f"{theirs:.3f} | {theirs / ours:.1f}" if theirs is not None else "- | -"
    print(f"| {name} | {triangles} | {drawn} | {ours:.3f} | {peer} |", flush=True)


if __name__ == "__main__":
    main()
