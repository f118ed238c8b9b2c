// A storage bin on a grid of 42 mm: two compartments, a stacking foot under each cell.
$fn = 48;
cells = [2, 1];
pitch = 42;
height = 40;

module pad(size, r, low, high) translate([0, 0, low]) linear_extrude(high - low) offset(r) square([for (s = size) s - 2 * r], center = true);

outer = [for (c = cells) c * pitch - 0.5];
difference() {
    union() {
        pad(outer, 4, 5, height);
        for (x = [0 : cells.x - 1], y = [0 : cells.y - 1])
            translate([(x - (cells.x - 1) / 2) * pitch, (y - (cells.y - 1) / 2) * pitch, 0]) {
                pad([36, 36], 2, 0, 3);
                hull() { pad([36, 36], 2, 2.9, 3); pad([41, 41], 4, 5.4, 5.5); }
            }
    }
    for (x = [-1, 1]) translate([x * (outer.x - 1.2) / 4, 0, 0]) pad([(outer.x - 3.6) / 2, outer.y - 2.4], 3, 7, 60);
    for (x = [-1, 1], cx = [-13, 13], cy = [-13, 13]) translate([x * pitch / 2 + cx, cy, -1]) cylinder(d = 6.5, h = 3.4);
}
