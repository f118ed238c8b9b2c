// The front panel of an instrument: a window, keys, sockets, slots for air.
$fn = 64;

module rounded(size, r) offset(r) offset(-r) square(size, center = true);

linear_extrude(3) difference() {
    rounded([220, 90], 6);
    for (x = [-102, 102], y = [-37, 37]) translate([x, y]) circle(d = 4.5);
    translate([-48, 14]) rounded([80, 40], 3);
    for (i = [0 : 3]) translate([25 + i * 20, 22]) circle(d = 12);
    for (i = [0 : 1]) translate([35 + i * 40, -12]) circle(d = 22);
    for (i = [0 : 5]) translate([-78 + i * 12, -28]) hull() for (y = [-7, 7]) translate([0, y]) circle(d = 4);
}
