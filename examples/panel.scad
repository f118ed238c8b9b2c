// A panel for the laser cutter: the front of a finger-jointed case, with holes, slots, a vent and a text to cut.
// Two-dimensional: made for SVG, DXF and PDF. Kerf is taken into account at every edge.

/* [Panel] */
// Width, mm
width = 180; // [60:1:600]
// Height, mm
height = 110; // [40:1:400]
// Thickness of the material, mm
material = 4; // [1:0.1:12]
// Width of the laser's cut, mm
kerf = 0.15; // [0:0.01:0.5]

/* [Fingers] */
// Fingers along the width
fingers_x = 9; // [3:2:31]
// Fingers along the height
fingers_y = 5; // [3:2:21]

/* [Front] */
// Text cut through as a stencil
label = "maquette";
// Height of the letters, mm
label_size = 14; // [4:0.5:40]
// Knobs in the row
knobs = 4; // [0:1:8]
// Hole of a knob, mm
knob_diameter = 10; // [3:0.5:30]
// Slots of the vent
vents = 11; // [0:1:30]
// Screw holes in the corners, mm
screw_diameter = 3.2; // [0:0.1:8]

/* [Hidden] */
$fn = 48;
margin = 3 * material;

offset(delta = kerf / 2) panel();

module panel() {
    difference() {
        outline();
        corner_screws();
        knob_row();
        vent();
        lettering();
        display();
    }
}

// A plate whose edge is cut away where the neighbour's fingers come.
module outline() {
    difference() {
        square([width, height]);
        for (y = [0, height - material], i = [1:2:fingers_x - 1])
            translate([i * width / fingers_x, y]) square([width / fingers_x, material]);
        for (x = [0, width - material], i = [1:2:fingers_y - 1])
            translate([x, i * height / fingers_y]) square([material, height / fingers_y]);
    }
}

module corner_screws() {
    inset = margin + screw_diameter / 2;
    for (x = [inset, width - inset], y = [inset, height - inset]) translate([x, y]) circle(d = screw_diameter);
}

// Each knob has the small hole that keeps its potentiometer from turning.
module knob_row() {
    if (knobs > 0)
        for (i = [0:knobs - 1])
            translate([width * 0.5 + (i - (knobs - 1) / 2) * width * 0.62 / knobs, height * 0.24]) {
                circle(d = knob_diameter);
                translate([0, -knob_diameter * 0.85]) circle(d = 2.4);
                for (tick = [-135:30:135])
                    rotate(tick) translate([-0.4, knob_diameter * 0.75]) square([0.8, 2.2]);
            }
}

module vent() {
    if (vents > 0)
        for (i = [0:vents - 1]) translate([width * 0.66 + i * width * 0.24 / vents, height * 0.5]) slot(height * 0.32, 1.6);
}

module slot(long, wide) {
    hull() {
        circle(d = wide);
        translate([0, long]) circle(d = wide);
    }
}

// A window with rounded corners for a display, and its four posts.
module display() {
    translate([width * 0.1, height * 0.44]) {
        offset(r = 2) offset(delta = -2) square([width * 0.42, height * 0.22]);
        for (x = [-3.5, width * 0.42 + 3.5], y = [-1, height * 0.22 + 1]) translate([x, y]) circle(d = 2.6);
    }
}

module lettering() {
    translate([width * 0.1, height * 0.76])
        stencil() text(label, size = label_size, font = "Liberation Sans:style=Bold");
}

// Thin bridges keep the islands of letters from falling out.
module stencil() {
    difference() {
        children();
        translate([0, label_size * 0.36]) square([width, 1.1]);
    }
}
