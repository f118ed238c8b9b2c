// A doctor's practice on one floor, millimetres: outer and inner walls, doors with their swing left to the plan, windows with sills,
// a stair to the roof, a canopy over the entrance, beams above the waiting room.
use <maquette.scad>

length = 15200;
depth = 10400;
height = 2900;
outer = 365;
inner = 115;
bearing = 240;

// every wall opening: [x, y, along x?, width, thickness, sill, head]
module opening(x, y, along, width, thick, sill, head) {
    size = along ? [width, thick + 20, head - sill] : [thick + 20, width, head - sill];
    off = along ? [-width / 2, -10, sill] : [-10, -width / 2, sill];
    translate([x, y, 0] + off) cube(size);
}

module slab() translate([-300, -300, -250]) cube([length + 600, depth + 600, 250]);

module walls() difference() {
    union() {
        difference() {
            cube([length, depth, height]);
            translate([outer, outer, -1]) cube([length - 2 * outer, depth - 2 * outer, height + 2]);
        }
        // corridor
        translate([outer, 4200, 0]) cube([length - 2 * outer, bearing, height]);
        translate([outer, 6000, 0]) cube([10000, bearing, height]);
        // rooms to the south
        for (x = [4000, 8000, 11600]) translate([x, outer, 0]) cube([inner, 4200 - outer + 1, height]);
        // rooms to the north
        for (x = [3000, 6600, 10125]) translate([x, 6000, 0]) cube([inner, depth - outer - 6000, height]);
        translate([outer, 8200, 0]) cube([3000 - outer + 1, inner, height]);
    }
    // windows south, north, east
    for (x = [2100, 6000, 9900, 13300]) opening(x, 0, true, x == 13300 ? 2260 : 1760, outer, 880, 2260);
    for (x = [1600, 4850, 8400, 12700]) opening(x, depth - outer, true, x == 12700 ? 3010 : 1260, outer, 880, 2260);
    opening(length - outer, 2300, false, 1510, outer, 880, 2260);
    opening(length - outer, 8000, false, 2010, outer, 880, 2260);
    opening(0, 9300, false, 760, outer, 880, 2260);
    // entrance from the west into the corridor
    opening(0, 5220, false, 1260, outer, 0, 2260);
    // doors to the south rooms, to the north rooms
    for (x = [3300, 7300, 10900, 12400]) opening(x, 4200, true, 885, bearing, 0, 2135);
    for (x = [1400, 3800, 7400]) opening(x, 6000, true, 885, bearing, 0, 2135);
    opening(1400, 8200, true, 760, inner, 0, 2135);
}

// glass and frames, 70 mm deep in the middle of the wall
module glazing() {
    for (x = [2100, 6000, 9900, 13300]) opening(x, outer / 2 - 25, true, x == 13300 ? 2260 : 1760, 50, 880, 2260);
    for (x = [1600, 4850, 8400, 12700]) opening(x, depth - outer / 2 - 25, true, x == 12700 ? 3010 : 1260, 50, 880, 2260);
    opening(length - outer / 2 - 25, 2300, false, 1510, 50, 880, 2260);
    opening(length - outer / 2 - 25, 8000, false, 2010, 50, 880, 2260);
    opening(outer / 2 - 25, 9300, false, 760, 50, 880, 2260);
}

module stair() translate([11200, 9935, 0]) rotate([0, 0, -90])
    for (step = [0 : 15]) translate([step * 260, 2600, step * 181]) cube([261, 1100, 181]);

module furniture() {
    // reception desk, treatment couches, wash basins
    translate([10800, 5400, 0]) cube([600, 1900, 1050]);
    for (x = [1200, 5200, 9000]) translate([x, 900, 0]) cube([650, 1900, 700]);
    for (x = [4150, 8150]) translate([x, 3500, 0]) cube([450, 550, 850]);
    translate([600, 8600, 0]) cube([380, 560, 420]);
    translate([3400, 9300, 0]) cube([2800, 600, 900]);
}

module above() {
    // canopy over the entrance, beams of the waiting room, edge of the roof
    translate([-1500, 4300, 2500]) cube([1500, 1900, 160]);
    for (x = [12000, 13400]) translate([x, 4440, 2600]) cube([160, depth - outer - 4440, 300]);
    translate([-500, -500, height]) cube([length + 1000, depth + 1000, 240]);
}

color("gainsboro") slab();
color("tan") walls();
color("lightblue") glazing();
color("silver") stair();
color("white") furniture();
color("gray") above();

room("Treatment 1", [2000, 2000, 0]);
room("Treatment 2", [6000, 2000, 0]);
room("Treatment 3", [9800, 2000, 0]);
room("Office", [13500, 2000, 0]);
room("Corridor", [5000, 5200, 0]);
room("Waiting room", [13500, 8000, 0]);
room("WC", [1500, 7300, 0]);
room("Store", [1500, 9200, 0]);
room("Laboratory", [4800, 8000, 0]);
room("Staff", [8300, 8000, 0]);
