// BOSL2: a skin over three profiles, a rounded prism.
include <BOSL2/std.scad>
skin([circle(r = 20, $fn = 60), square(30, center = true), star(n = 7, r = 20, ir = 10)], z = [0, 20, 40], slices = 20,
     method = "distance");
right(60) rounded_prism(hexagon(20), height = 30, joint_top = 4, joint_bot = 4, joint_sides = 4, splinesteps = 12);
