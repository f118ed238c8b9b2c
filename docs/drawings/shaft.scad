// A shaft with bearing seats, a collar, a keyway and an undercut.
$fn = 96;

difference() {
    rotate([0, 90, 0]) rotate_extrude() polygon([
        [0, 0], [11, 0], [12, 1], [12, 30], [17.5, 30], [17.5, 90], [22, 90], [22, 100],
        [15, 100], [15, 140], [9, 140], [9, 142], [10, 142], [10, 164], [9, 165], [0, 165]]);
    // a keyway of 8 mm with round ends
    translate([0, 0, 12.5]) linear_extrude(10) hull() for (x = [46, 74]) translate([x, 0]) circle(d = 8);
    translate([150, 0, 0]) rotate([0, 90, 0]) cylinder(d = 5, h = 20);
}
