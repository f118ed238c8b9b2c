// Colours, some of them seen through, on parts that touch, and parts apart.
difference() {
    color("red") cube(10);
    color([0, 0, 1, 0.4]) translate([5, 5, -1]) cylinder(r = 3, h = 12, $fn = 32);
}
translate([20, 0, 0]) color("gold", 0.5) sphere(5, $fn = 40);
translate([10, 0, 0]) cube([2, 10, 10]);
