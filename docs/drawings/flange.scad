// A welding-neck flange: eight bolts, a seat for a bearing, a chamfered neck.
$fn = 96;

difference() {
    rotate_extrude() polygon([[26, 0], [70, 0], [70, 16], [40, 16], [40, 50], [36, 54], [31, 54], [31, 38], [26, 38]]);
    for (turn = [22.5 : 45 : 359]) rotate(turn) translate([55, 0, -1]) cylinder(d = 11, h = 20);
}
