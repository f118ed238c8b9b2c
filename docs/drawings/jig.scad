// A jig plate with more holes than callouts would be read for.
difference() {
    cube([120, 80, 10]);
    for (x = [10, 30, 55, 80, 110], y = [12, 40, 66])
        translate([x, y, -1]) cylinder(d = x == 55 ? 9 : 5.5, h = 12, $fn = 48);
    translate([92, 25, -1]) cylinder(d = 20, h = 12, $fn = 96);
    translate([20, 25, 5]) cylinder(d = 8, h = 12, $fn = 48);
}
