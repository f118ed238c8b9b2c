// A small house in millimetres: foundation, outer and inner walls, door, windows with frames and sills, gabled roof with overhang, chimney.
// The roof can be lifted or left away to look at the rooms.

/* [House] */
// Outer length, mm
length = 9600; // [5000:100:20000]
// Outer width, mm
width = 7200; // [4000:100:12000]
// Height of the walls, mm
storey = 2700; // [2200:50:4000]
// Thickness of the outer walls, mm
outer_wall = 365; // [175:5:500]
// Thickness of the inner walls, mm
inner_wall = 115; // [75:5:250]

/* [Roof] */
// Show the roof
roof = true;
// Slope of the roof, degrees
slope = 38; // [15:1:55]
// Overhang at eaves and gables, mm
overhang = 600; // [0:50:1200]
// Thickness of the roof, mm
roof_thickness = 240; // [100:10:500]
// Lift the roof by, mm
lift = 0; // [0:100:6000]

/* [Openings] */
door_width = 1010; // [800:5:1500]
door_height = 2135; // [1900:5:2500]
window_width = 1500; // [600:10:2400]
window_height = 1260; // [600:10:1800]
sill_height = 900; // [0:50:1500]

/* [Hidden] */
ridge = (width / 2) * tan(slope);
eps = 1;
// parts of different colour reach into each other by this
bite = 8;

// each: wall (0 south, 1 east, 2 north, 3 west), distance of its middle from the wall's left end, width, sill, height
windows = [
    [0, length * 0.20, window_width, sill_height, window_height],
    [0, length * 0.80, window_width, sill_height, window_height],
    [1, width * 0.30, window_width * 0.8, sill_height, window_height],
    [1, width * 0.70, window_width * 0.8, sill_height, window_height],
    [2, length * 0.22, window_width, sill_height, window_height],
    [2, length * 0.50, 900, 1400, 700],
    [2, length * 0.78, window_width * 1.3, 0, door_height],
    [3, width * 0.50, window_width, sill_height, window_height]
];
door = [0, length * 0.5, door_width, 0, door_height];
attic_windows = [[1, width * 0.5, 900, storey + 500, 1000], [3, width * 0.5, 900, storey + 500, 1000]];

color([0.62, 0.62, 0.60]) foundation();
color([0.93, 0.89, 0.80]) walls();
color([0.98, 0.98, 0.96]) inner_walls();
color([0.36, 0.25, 0.17]) door_leaf();
for (opening = concat(windows, attic_windows)) window(opening);
if (roof) translate([0, 0, lift]) {
    color([0.62, 0.27, 0.20]) roof_slabs();
    color([0.55, 0.33, 0.28]) chimney();
}

module foundation() {
    translate([-150, -150, -400]) cube([length + 300, width + 300, 400]);
    translate([length / 2 - 900, -150 - 1100, -400]) cube([1800, 1100 + eps, 380]);
    translate([length / 2 - 1200, -150 - 1450, -400]) cube([2400, 1450, 200]);
}

// The outer walls with their gables, hollowed, with every opening cut.
module walls() {
    difference() {
        gabled(length, width, storey);
        translate([outer_wall, outer_wall, -eps])
            gabled(length - 2 * outer_wall, width - 2 * outer_wall, storey + outer_wall * tan(slope) + 2 * eps);
        for (opening = concat(windows, attic_windows, [door])) place(opening) hole(opening);
    }
}

// A house-shaped prism along x.
module gabled(long, wide, eaves) {
    rotate([90, 0, 90]) linear_extrude(long)
        polygon([[0, 0], [wide, 0], [wide, eaves], [wide / 2, eaves + wide / 2 * tan(slope)], [0, eaves]]);
}

module inner_walls() {
    x1 = length * 0.40;
    x2 = length * 0.60;
    depth = width - 2 * outer_wall;
    difference() {
        union() {
            for (x = [x1, x2]) translate([x - inner_wall / 2, outer_wall - eps, 0]) cube([inner_wall, depth + 2 * eps, storey]);
            translate([outer_wall - eps, width * 0.55, 0]) cube([x1 - outer_wall, inner_wall, storey]);
            translate([x1, width * 0.62, 0]) cube([x2 - x1, inner_wall, storey]);
        }
        for (x = [x1, x2], y = [width * 0.25, width * 0.80])
            if (x == x1 || y < width * 0.5)
                translate([x - inner_wall, y - 440, -eps]) cube([2 * inner_wall, 880, 2010]);
        translate([(x1 + x2) / 2 - 440, width * 0.62 - inner_wall, -eps]) cube([880, 3 * inner_wall, 2010]);
    }
}

// Carries children from a wall's own frame (x along the wall, y inwards, z up) to the house.
module place(opening) {
    wall = opening[0];
    corner = [[0, 0], [length, 0], [length, width], [0, width]][wall];
    translate([corner.x, corner.y, 0]) rotate(90 * wall) translate([opening[1], 0, 0]) children();
}

module hole(opening) {
    translate([-opening[2] / 2, -eps * 10, opening[3] - (opening[3] == 0 ? eps : 0)])
        cube([opening[2], outer_wall + eps * 20, opening[4]]);
}

module window(opening) {
    wide = opening[2];
    high = opening[4];
    bar = 70;
    place(opening) translate([-wide / 2, outer_wall * 0.35, opening[3]]) {
        color([0.97, 0.97, 0.97]) difference() {
            translate([-bite, 0, -bite]) cube([wide + 2 * bite, bar, high + 2 * bite]);
            for (x = [bar, wide / 2 + bar / 2])
                translate([x, -eps, bar]) cube([wide / 2 - bar * 1.5, bar + 2 * eps, high - 2 * bar]);
        }
        color([0.55, 0.75, 0.90, 0.45])
            for (x = [bar, wide / 2 + bar / 2])
                translate([x - bite, bar * 0.4, bar - bite]) cube([wide / 2 - bar * 1.5 + 2 * bite, 20, high - 2 * bar + 2 * bite]);
    }
    if (opening[3] > 0)
        color([0.45, 0.47, 0.50]) place(opening)
            translate([-wide / 2 - 60, -90, opening[3] - 45]) cube([wide + 120, 90 + outer_wall * 0.35, 45]);
}

module door_leaf() {
    place(door) translate([-door_width / 2, outer_wall * 0.35, 0]) difference() {
        translate([-bite, 0, 0]) cube([door_width + 2 * bite, 80, door_height + bite]);
        for (z = [300, 1100]) translate([180, -eps, z]) cube([door_width - 360, 25, 620]);
    }
}

// Two slabs that meet at the ridge, as one profile along x.
module roof_slabs() {
    plumb = roof_thickness / cos(slope);
    out = overhang * tan(slope);
    // sunk into the walls a little, so that the two are one
    translate([-overhang, 0, storey - 20]) rotate([90, 0, 90]) linear_extrude(length + 2 * overhang)
        polygon([[-overhang, -out], [width / 2, ridge], [width + overhang, -out],
                 [width + overhang, -out + plumb], [width / 2, ridge + plumb], [-overhang, -out + plumb]]);
}

module chimney() {
    at = [length * 0.68, width * 0.62];
    low = storey + ridge - (at.y - width / 2) * tan(slope);
    difference() {
        translate([at.x, at.y, low]) cube([620, 620, ridge * 0.28 + 1300]);
        translate([at.x + 140, at.y + 140, low + 1000]) cube([340, 340, 4000]);
    }
}
