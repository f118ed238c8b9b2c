// All of BOSL2 read for one cuboid.
include <BOSL2/std.scad>
cuboid(10);
