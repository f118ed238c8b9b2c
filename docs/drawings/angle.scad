// An angle with countersunk and counterbored holes and a rounded end.
$fn = 64;

difference() {
    union() {
        translate([0, 0, 0]) cube([80, 50, 10]);
        cube([10, 50, 60]);
        translate([10, 21, 10]) rotate([-90, 0, 0]) linear_extrude(8) polygon([[0, 0], [30, 0], [0, -30]]);
    }
    for (y = [10, 40]) translate([62, y, -1]) {
        cylinder(d = 6.6, h = 20);
        translate([0, 0, 7.3]) cylinder(d1 = 6.6, d2 = 14.02, h = 3.71);
    }
    for (y = [10, 40]) translate([-1, y, 45]) rotate([0, 90, 0]) {
        cylinder(d = 9, h = 20);
        translate([0, 0, 7]) cylinder(d = 15, h = 20);
    }
    for (y = [0, 50]) translate([80, y, -1]) rotate(45) cube([11.314, 11.314, 40], center = true);
}
