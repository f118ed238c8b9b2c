// A stud with a true thread, a collar and flats.
$fn = 64;
pitch = 3; d = 20;
module thread(length) linear_extrude(length, twist = -360 * length / pitch, slices = length * 12)
    translate([0.9, 0]) circle(d = d - 1.8);
difference() {
    union() {
        intersection() { thread(36); cylinder(d1 = 28 + 30, d2 = 16, h = 36); }
        translate([0, 0, -10]) cylinder(d = 34, h = 10);
        translate([0, 0, -34]) cylinder(d = 16, h = 25);
    }
    for (s = [0, 180]) rotate(s) translate([13, -20, -11]) cube([10, 40, 8]);
    translate([0, 0, -40]) cylinder(d = 5, h = 30);
    translate([0, 0, -34.1]) cylinder(d1 = 9, d2 = 5, h = 2);
}
