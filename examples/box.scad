// A parametric box with a lid.
// Rounded corners, a screw post in each of them, a lip that centres the lid, and a raised label.

/* [Size] */
// Inner length, mm
length = 80; // [20:1:200]
// Inner width, mm
width = 50; // [20:1:200]
// Inner height, mm
height = 24; // [10:1:120]
// Wall, floor and lid thickness, mm
wall = 2.4; // [1.2:0.2:6]
// Outer corner radius, mm
corner = 8; // [3:0.5:20]

/* [Screws] */
// Screw posts in the corners
posts = true;
// Hole for the screw's thread, mm
screw_diameter = 2.6; // [1.6:0.1:5]

/* [Label] */
// Text on the lid; empty for none
label = "MAQUETTE";
// Height of the letters, mm
label_size = 10; // [4:0.5:30]

/* [View] */
// What to make
part = "both"; // [both:Box and lid, box:Box only, lid:Lid only]

/* [Hidden] */
$fn = 64;
clearance = 0.2;
lip = 3;
outer = [length + 2 * wall, width + 2 * wall];
post_radius = screw_diameter / 2 + 1.8;
// a post grows into both walls, or into the rounded corner where that is large
post_inset = max(wall + post_radius - 0.6, corner - (corner - wall - post_radius + 0.8) / sqrt(2));
post_places = [for (x = [-1, 1], y = [-1, 1]) [x * (outer.x / 2 - post_inset), y * (outer.y / 2 - post_inset)]];

assert(corner > wall, "corner must be larger than wall");

if (part != "lid") color("SteelBlue") box();
if (part == "both") translate([0, -outer.y - 12, lip]) printed_lid();
if (part == "lid") translate([0, 0, lip]) printed_lid();

module rounded(size, radius) {
    offset(r = radius) square([size.x - 2 * radius, size.y - 2 * radius], center = true);
}

module inside(play = 0) {
    offset(delta = -wall - play) rounded(outer, corner);
}

module box() {
    difference() {
        shell();
        if (posts)
            for (place = post_places)
                translate([place.x, place.y, wall + 2]) cylinder(d = screw_diameter, h = height + wall);
    }
}

module shell() {
    linear_extrude(wall) rounded(outer, corner);
    linear_extrude(wall + height) difference() {
        rounded(outer, corner);
        inside();
    }
    if (posts)
        linear_extrude(wall + height) intersection() {
            rounded(outer, corner);
            for (place = post_places) translate(place) circle(post_radius);
        }
}

module printed_lid() {
    color("WhiteSmoke") lid();
    if (label != "")
        color("OrangeRed") translate([0, 0, wall]) linear_extrude(0.8) inscription();
}

module inscription() {
    text(label, size = label_size, font = "Liberation Sans:style=Bold", halign = "center", valign = "center");
}

// The lid stands on its lip, which is cut out around the posts.
module lid() {
    difference() {
        union() {
            linear_extrude(wall) rounded(outer, corner);
            translate([0, 0, -lip]) linear_extrude(lip) difference() {
                inside(clearance);
                offset(delta = -wall) inside(clearance);
                if (posts)
                    for (place = post_places) translate(place) circle(post_radius + clearance);
            }
        }
        if (posts)
            for (place = post_places) translate([place.x, place.y, -1]) {
                cylinder(d = screw_diameter + 0.6, h = wall + 2);
                translate([0, 0, 1 + wall - screw_diameter / 2])
                    cylinder(d1 = screw_diameter + 0.6, d2 = 2 * screw_diameter + 0.6, h = screw_diameter / 2 + 0.01);
            }
    }
}
