// A spur gear with hub, keyway and lightening holes.
$fn = 96;
teeth = 32;
module_size = 3;
pitch = teeth * module_size / 2;

function involute(base, degrees) = base * [cos(degrees) + degrees * PI / 180 * sin(degrees), sin(degrees) - degrees * PI / 180 * cos(degrees)];

module tooth() {
    base = pitch * cos(20);
    tip = pitch + module_size;
    root = pitch - 1.25 * module_size;
    last = sqrt(pow(tip / base, 2) - 1) * 180 / PI;
    roll = tan(20) * 180 / PI;
    half = 90 / teeth + roll - 20;
    flank = [for (step = [0 : 8]) involute(base, last * step / 8)];
    turned = [for (p = flank) [p.x * cos(half) + p.y * sin(half), p.y * cos(half) - p.x * sin(half)]];
    polygon(concat([[root - 2, turned[0].y]], turned, [[tip, 0]], [for (i = [8 : -1 : 0]) [turned[i].x, -turned[i].y]], [[root - 2, -turned[0].y]]));
}

difference() {
    union() {
        linear_extrude(16) union() {
            circle(pitch - 1.25 * module_size);
            for (i = [0 : teeth - 1]) rotate(i * 360 / teeth) tooth();
        }
        cylinder(d = 38, h = 24);
    }
    translate([0, 0, -1]) cylinder(d = 20, h = 30);
    translate([-3, 0, -1]) cube([6, 12.8, 30]);
    for (turn = [0 : 60 : 300]) rotate(turn) translate([30, 0, -1]) cylinder(d = 12, h = 30);
}
