// A case with a lid, a board and four screws.
$fn = 48;
size = [90, 60, 30];
wall = 2.5;

module case_body() {
    difference() {
        linear_extrude(size.z) offset(5) square([size.x - 10, size.y - 10], center = true);
        translate([0, 0, wall]) linear_extrude(size.z) offset(5 - wall) square([size.x - 10, size.y - 10], center = true);
        translate([-size.x / 2, 0, 14]) rotate([0, 90, 0]) cylinder(d = 12, h = 20, center = true);
        translate([size.x / 2, 0, 10]) cube([20, 24, 8], center = true);
    }
    corners() difference() {
        translate([0, 0, wall]) cylinder(d = 8, h = size.z - wall);
        translate([0, 0, size.z - 12]) cylinder(d = 2.9, h = 20);
    }
}

module corners() for (x = [-1, 1], y = [-1, 1]) translate([x * (size.x / 2 - 6.5), y * (size.y / 2 - 6.5), 0]) children();

module lid() {
    difference() {
        union() {
            translate([0, 0, size.z]) linear_extrude(3) offset(5) square([size.x - 10, size.y - 10], center = true);
            translate([0, 0, size.z - 3]) difference() {
                linear_extrude(3) offset(2.3) square([size.x - 10, size.y - 10], center = true);
                linear_extrude(10, center = true) offset(0.8) square([size.x - 10, size.y - 10], center = true);
                corners() cylinder(d = 9, h = 20, center = true);
            }
        }
        corners() translate([0, 0, size.z - 5]) cylinder(d = 3.4, h = 20);
        corners() translate([0, 0, size.z + 1.2]) cylinder(d1 = 3.4, d2 = 7, h = 1.9);
    }
}

module board() translate([0, 0, 8]) difference() {
    cube([64, 44, 1.6], center = true);
    for (x = [-28, 28], y = [-18, 18]) translate([x, y, 0]) cylinder(d = 3, h = 5, center = true);
}

module screw() corners() translate([0, 0, size.z + 3]) {
    translate([0, 0, -1.8]) cylinder(d1 = 3, d2 = 6.4, h = 1.8);
    translate([0, 0, -13]) cylinder(d = 2.9, h = 12);
}

color("slategray") case_body();
color("seagreen") board();
color("gainsboro") lid();
color("silver") screw();
