// The lower half of an enclosure: a rounded shell with posts, a cable hole and a socket.
$fn = 64;
size = [120, 80, 35];
wall = 3;

difference() {
    linear_extrude(size.z) offset(8) square([size.x - 16, size.y - 16], center = true);
    translate([0, 0, wall]) linear_extrude(size.z) offset(8 - wall) square([size.x - 16, size.y - 16], center = true);
    translate([-25, -size.y / 2, 18]) rotate([90, 0, 0]) cylinder(d = 12, h = 20, center = true);
    translate([size.x / 2, 0, 14]) cube([20, 14, 8], center = true);
}
for (x = [-51, 51], y = [-31, 31]) translate([x, y, 0]) difference() {
    cylinder(d = 8, h = 30);
    translate([0, 0, 15]) cylinder(d = 3, h = 20);
}
