// A hand knob with eight lobes, a hub and a bore with a flat.
$fn = 72;

difference() {
    union() {
        linear_extrude(16) difference() {
            circle(d = 60);
            for (i = [0 : 7]) rotate(22.5 + i * 45) translate([36, 0]) circle(d = 20);
        }
        cylinder(d = 26, h = 26);
    }
    translate([0, 0, -1]) linear_extrude(22) intersection() {
        circle(d = 10);
        translate([-1, 0]) square([10, 20], center = true);
    }
    translate([0, 0, 20]) cylinder(d = 6.6, h = 20);
}
