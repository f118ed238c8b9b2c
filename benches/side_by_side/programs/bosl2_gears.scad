// BOSL2: a helical gear, a worm, a spiral bevel gear.
include <BOSL2/std.scad>
include <BOSL2/gears.scad>
spur_gear(mod = 2, teeth = 40, thickness = 10, helical = 20, $fn = 36, slices = 8);
right(120) worm(circ_pitch = 8, d = 30, l = 50, $fn = 48);
fwd(120) bevel_gear(mod = 3, teeth = 24, mate_teeth = 24, shaft_angle = 90, spiral = 30, slices = 8);
