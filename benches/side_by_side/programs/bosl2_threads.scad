// BOSL2: a threaded rod, a rounded cuboid, a sweep along a path.
include <BOSL2/std.scad>
include <BOSL2/threading.scad>
threaded_rod(d = 20, l = 30, pitch = 2, $fn = 48);
right(40) cuboid([20, 30, 40], rounding = 3, $fn = 24);
left(40) path_sweep(circle(r = 3, $fn = 24), [for (i = [0 : 5 : 360]) [20 * cos(i), 20 * sin(i), i / 20]]);
