// A perforated plate: a grid of equal holes, a larger one, four corners to screw it down.
$fn = 48;

difference() {
    linear_extrude(5) offset(5) square([190, 110], center = true);
    for (x = [-80 : 10 : 20], y = [-40 : 10 : 40]) translate([x, y, -1]) cylinder(d = 5, h = 20);
    translate([62, 0, -1]) cylinder(d = 50, h = 20);
    for (x = [-93, 93], y = [-53, 53]) translate([x, y, -1]) cylinder(d = 6, h = 20);
}
