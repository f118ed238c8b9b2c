// A gear housing half with bearing seats, ribs and a flange.
$fn = 96;
module profile(r) hull() { translate([-32, 0]) circle(r); translate([28, 0]) circle(r - 6); }
difference() {
    union() {
        linear_extrude(40) profile(36);
        linear_extrude(8) offset(12) profile(36);
        translate([-32, 0, 0]) cylinder(d = 40, h = 52);
        translate([28, 0, 0]) cylinder(d = 34, h = 52);
    }
    translate([0, 0, -1]) linear_extrude(33) offset(-5) profile(36);
    translate([-32, 0, -1]) cylinder(d = 26, h = 80);
    translate([-32, 0, 36]) cylinder(d = 32, h = 80);
    translate([28, 0, -1]) cylinder(d = 17, h = 80);
    translate([28, 0, 38]) cylinder(d = 24, h = 80);
    for (p = [[-74, 0], [-32, 42], [-32, -42], [28, 36], [28, -36], [64, 0]]) translate([p.x, p.y, -1]) cylinder(d = 6.6, h = 20);
}
