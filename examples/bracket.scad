// An L bracket as bent from sheet: inner and outer bend radius, slots in both legs, rounded ends, a pressed-in gusset.

/* [Legs] */
// Width, mm
width = 50; // [15:1:200]
// Length of the lying leg, mm
foot = 70; // [20:1:300]
// Length of the standing leg, mm
back = 90; // [20:1:300]
// Thickness of the sheet, mm
sheet = 4; // [0.8:0.1:12]
// Inner bend radius, mm
bend = 5; // [0.5:0.5:30]
// Corner radius of the ends, mm
corner = 10; // [0:0.5:40]

/* [Slots] */
// Slots in the lying leg
foot_slots = 2; // [0:1:6]
// Holes in the standing leg
back_holes = 2; // [0:1:6]
// Screw, mm
screw = 6.4; // [2:0.1:16]
// Length that a screw may travel in a slot, mm
travel = 16; // [0:1:60]

/* [Rib] */
// Put a rib into the corner
rib = true;
// Width of the rib, mm
rib_width = 8; // [2:0.5:40]

/* [Hidden] */
$fn = 64;

color([0.66, 0.70, 0.74]) bracket();

module bracket() {
    difference() {
        union() {
            intersection() {
                profile();
                ends();
            }
            if (rib) gusset();
        }
        slots();
        holes();
    }
}

// The bent strip: foot along +x, back along +z.
module profile() {
    outer = bend + sheet;
    translate([0, width / 2, 0]) rotate([90, 0, 0]) linear_extrude(width) union() {
        translate([outer, 0]) square([foot - outer, sheet]);
        translate([0, outer]) square([sheet, back - outer]);
        translate([outer, outer]) intersection() {
            difference() {
                circle(outer);
                circle(bend);
            }
            translate([-outer, -outer]) square(outer);
        }
    }
}

// What is left of the strip when both ends are rounded.
module ends() {
    intersection() {
        translate([0, 0, -1]) linear_extrude(back + 2) rounded_end(foot);
        translate([-1, 0, 0]) rotate([0, -90, 180]) linear_extrude(foot + 2) rounded_end(back);
    }
}

// A strip along x from behind the origin to `long`, with its far corners rounded.
module rounded_end(long) {
    hull() {
        translate([-10, -width / 2]) square([10, width]);
        for (y = [-1, 1]) translate([long - corner, y * (width / 2 - corner)]) circle(max(corner, 0.01));
    }
}

module gusset() {
    reach = min(foot, back) * 0.42;
    translate([0, rib_width / 2, 0]) rotate([90, 0, 0]) linear_extrude(rib_width) difference() {
        polygon([[sheet / 2, sheet / 2], [reach, sheet / 2], [reach, sheet], [sheet, reach], [sheet / 2, reach]]);
        translate([reach, reach]) circle(reach * 0.62);
    }
}

module slots() {
    if (foot_slots > 0)
        for (i = [0:foot_slots - 1])
            translate([foot * 0.6, (i - (foot_slots - 1) / 2) * width * 0.5, -1]) linear_extrude(sheet + 2) hull()
                for (end = [-0.5, 0.5]) translate([end * travel, 0]) circle(d = screw);
}

module holes() {
    if (back_holes > 0)
        for (i = [0:back_holes - 1])
            translate([-1, (i - (back_holes - 1) / 2) * width * 0.5, back * 0.72]) rotate([0, 90, 0]) {
                cylinder(d = screw, h = sheet + 2);
                translate([0, 0, 1 + sheet - screw * 0.25]) cylinder(d1 = screw, d2 = screw * 1.7, h = screw * 0.36);
            }
}
