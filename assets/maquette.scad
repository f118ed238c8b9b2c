// maquette.scad: what a drawing should say, said in the program that makes the model.
//
//   use <maquette.scad>
//   dimension([0, 0, 0], [40, 0, 0], tolerance = 0.1);
//   translate([20, 10, 5]) { note([0, 0, 0], "break edges"); cylinder(d = 8, h = 5); }
//
// No module here makes anything: the shape is the same with it and without. Children pass through, so that an annotation may stand
// around a thing as well as beside it. Points and directions are those of the place where the call stands: they move, turn and
// mirror with what is around them. maquette finds this file wherever it runs; for OpenSCAD put it beside your model.
//
// Common to all that are placed in a view:
//   text       what is written in place of the measured value
//   tolerance  0.1 for ±0,1; [0.2, -0.1] for two limits; "H7" for a fit
//   view       "front", "top", "right", "left", "bottom", "rear", "isometric", "A-A"; chosen where none is named

// The distance of two points; along = "x", "y", "z" or a direction: only that part of it.
module dimension(from, to, along = undef, text = undef, tolerance = undef, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("dimension", [from, to, along, text, tolerance, view]);
}

// The diameter of a circle about a centre; axis is its normal.
module diameter(center, d, axis = [0, 0, 1], text = undef, tolerance = undef, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("diameter", [center, d, axis, text, tolerance, view]);
}

// The radius of an arc about a centre.
module radius(center, r, axis = [0, 0, 1], text = undef, tolerance = undef, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("radius", [center, r, axis, text, tolerance, view]);
}

// The angle at a corner between two points.
module angle(corner, from, to, text = undef, tolerance = undef, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("angle", [corner, from, to, text, tolerance, view]);
}

// Words with a leader to a point; "\n" begins a new line.
module note(at, text, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("note", [at, text, view]);
}

// A datum feature with its letter, on a surface with an outward normal.
module datum(at, normal, label, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("datum", [at, normal, label, view]);
}

// The texture of a surface, as "Ra 3,2".
module finish(at, normal, text, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("finish", [at, normal, text, view]);
}

// A section through a point; the normal points to the viewer.
module section(label, at, normal) {
    children();
    if (!is_undef($maquette)) maquette_annotation("section", [at, normal, label]);
}

// A place that is drawn again, enlarged.
module detail(label, at, r, scale = undef, view = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("detail", [at, r, scale, label, view]);
}

// A room of a building: its name stands with its area in floor plans.
module room(name, at = [0, 0, 0]) {
    children();
    if (!is_undef($maquette)) maquette_annotation("room", [at, name]);
}

// What stands in it is one part by this name in parts lists, with its material and its number or standard.
module part(name, material = undef, number = undef) {
    children();
    if (!is_undef($maquette)) maquette_annotation("part", [name, material, number]);
}

// Fields of the title block that the job leaves empty: title_block([["title", "Bracket"], ["material", "S235JR"]]).
module title_block(fields) {
    children();
    for (field = fields)
        if (!is_undef($maquette)) maquette_annotation("title", field);
}
