// A drilling fixture whose program says itself what the drawing must show.
// The modules of maquette.scad make nothing: OpenSCAD gives the same shape (put assets/maquette.scad beside this file).
use <maquette.scad>

/* [Size] */
// Length of the base, mm
length = 120; // [80:10:200]
// Width of the base, mm
width = 70; // [50:5:120]
// Thickness of the base, mm
thickness = 15; // [10:1:25]
// Bore of the bush, mm
bore = 16; // [8:1:24]
// Angle of the stop, degrees
slope = 60; // [45:5:75]

$fn = 96;
edge = 2;
rise = 28;

title_block([
    ["title", "Drilling fixture"],
    ["material", "EN AW-6082"],
    ["number", "EX-008"],
    ["owner", "maquette examples"],
    ["creator", "maquette"],
]);

// the base, its upper long edges chamfered
module base() {
    rotate([90, 0, 90])
        linear_extrude(length)
            polygon([[0, 0], [width, 0], [width, thickness - edge], [width - edge, thickness],
                     [edge, thickness], [0, thickness - edge]]);
}

module slot_hole(reach, d) {
    hull() for (x = [-reach / 2, reach / 2]) translate([x, 0]) cylinder(d = d, h = 3 * thickness, center = true);
}

// a stop with one leaning face
module stop() {
    run = rise / tan(slope);
    translate([length - 18 - run, 10, thickness])
        rotate([90, 0, 0]) mirror([0, 0, 1])
            linear_extrude(width - 20) polygon([[0, 0], [18 + run, 0], [18 + run, rise], [run, rise]]);
}

module bush() {
    cylinder(d = bore + 14, h = thickness + 10);
    translate([0, 0, thickness + 10]) datum([bore / 2 + 5, 0, 0], [0, 0, 1], "B");
}

difference() {
    union() {
        base();
        stop();
        translate([30, width / 2, 0]) bush();
    }
    // the bore, with the fit that the drawing must name
    translate([30, width / 2, -1]) {
        diameter([0, 0, thickness + 11], bore, tolerance = "H7") cylinder(d = bore, h = thickness + 12);
        note([bore / 2, 0, thickness + 11], "ream in place\nno burr", view = "isometric");
    }
    for (y = [14, width - 14]) translate([68, y, 0]) slot_hole(12, 9);
    // dowel holes: their distance matters more than where they stand
    for (x = [10, 90]) translate([x, 6.5, -1]) cylinder(d = 5, h = 3 * thickness);
}

dimension([10, 6.5, 0], [90, 6.5, 0], tolerance = 0.02, view = "top");
datum([length * 0.3, 0, 0], [0, 0, -1], "A");
finish([length * 0.7, 0, 0], [0, 0, -1], "Ra 1,6");
section("A", [0, width / 2, 0], [0, -1, 0]);
