// A flanged bearing housing.
// A stepped bore takes the bearing, ribs carry the hub on a round flange with a bolt circle, a grease port enters from the side.

/* [Bearing] */
// Outer diameter of the bearing, mm
bearing_diameter = 47; // [16:1:120]
// Width of the bearing, mm
bearing_width = 14; // [5:1:40]
// Shaft passage, mm
shaft_diameter = 30; // [6:1:100]

/* [Flange] */
// Diameter of the flange, mm
flange_diameter = 120; // [40:1:300]
// Thickness of the flange, mm
flange_thickness = 12; // [4:0.5:40]
// Bolts in the circle
bolts = 6; // [3:1:12]
// Hole of a bolt, mm
bolt_diameter = 9; // [3:0.5:20]
// Counterbore of a bolt's head, mm
head_diameter = 15; // [5:0.5:36]

/* [Hub] */
// Wall around the bearing, mm
hub_wall = 9; // [4:0.5:30]
// Height of the hub over the flange, mm
hub_height = 30; // [10:1:100]
// Radius between hub and flange, mm
fillet = 5; // [1:0.5:15]
// Thickness of a rib, mm
rib = 7; // [3:0.5:20]

/* [Hidden] */
$fn = 96;
hub_radius = bearing_diameter / 2 + hub_wall;
bolt_circle = (hub_radius + fillet + flange_diameter / 2) / 2;
top = flange_thickness + hub_height;

assert(shaft_diameter < bearing_diameter, "the shaft must be thinner than the bearing");
assert(bolt_circle - head_diameter / 2 > hub_radius, "the bolt heads would cut the hub: enlarge flange_diameter");

color([0.47, 0.53, 0.60]) housing();

module housing() {
    difference() {
        union() {
            body();
            ribs();
            port_boss();
        }
        bore();
        bolt_holes();
        port();
    }
}

// Flange, fillet and hub are one profile that is turned.
module body() {
    rotate_extrude() difference() {
        union() {
            chamfered(flange_diameter / 2, flange_thickness, 1.5);
            chamfered(hub_radius, top, 1.5);
            translate([0, flange_thickness]) square([hub_radius + fillet, fillet]);
        }
        translate([hub_radius + fillet, flange_thickness + fillet]) circle(fillet);
    }
}

module chamfered(radius, height, edge) {
    polygon([[0, 0], [radius, 0], [radius, height - edge], [radius - edge, height], [0, height]]);
}

module ribs() {
    reach = flange_diameter / 2 - 4;
    for (i = [0:bolts - 1])
        rotate((i + 0.5) * 360 / bolts)
            rotate([90, 0, 0]) translate([0, 0, -rib / 2]) linear_extrude(rib)
                polygon([[0, flange_thickness - 1], [reach, flange_thickness - 1], [reach, flange_thickness + 2],
                         [hub_radius - 0.5, top - 7], [0, top - 7]]);
}

module bore() {
    translate([0, 0, -1]) cylinder(d = shaft_diameter, h = top + 2);
    translate([0, 0, top - bearing_width]) cylinder(d = bearing_diameter, h = bearing_width + 1);
    translate([0, 0, top - 1]) cylinder(d1 = bearing_diameter, d2 = bearing_diameter + 4, h = 2);
    // relief behind the bearing, and a groove for a retaining ring
    translate([0, 0, top - bearing_width - 3]) cylinder(d = (bearing_diameter + shaft_diameter) / 2, h = 4);
    translate([0, 0, top - 4]) cylinder(d = bearing_diameter + 3, h = 1.6);
}

module bolt_holes() {
    for (i = [0:bolts - 1])
        rotate(i * 360 / bolts) translate([bolt_circle, 0, -1]) {
            cylinder(d = bolt_diameter, h = flange_thickness + 2);
            translate([0, 0, 1 + flange_thickness - 3]) cylinder(d = head_diameter, h = 40);
        }
}

// The grease port stands over the first bolt, between two ribs.
module port_boss() {
    at_port() cylinder(d = 14, h = hub_radius + 4);
}

module port() {
    at_port() {
        cylinder(d = 4, h = hub_radius + 10);
        translate([0, 0, hub_radius - 4]) cylinder(d = 8, h = 20);
    }
}

module at_port() {
    translate([0, 0, flange_thickness + hub_height * 0.45]) rotate([0, 90, 0]) children();
}
