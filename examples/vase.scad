// A vase whose lobed outline turns and swells on its way up.
// The shape is a stack of outlines given by functions and joined to one polyhedron; the foot is a plain twisted extrusion.

/* [Shape] */
// Height, mm
height = 160; // [40:1:300]
// Mean radius, mm
radius = 38; // [15:1:100]
// Wall, mm
wall = 2.4; // [0.8:0.1:6]
// Lobes around
lobes = 9; // [0:1:24]
// Depth of the lobes, mm
depth = 4; // [0:0.5:15]
// Turn from foot to rim, degrees
twist = 100; // [-360:5:360]

/* [Foot] */
// Height of the foot, mm
foot = 6; // [2:0.5:20]

/* [Quality] */
// Points around
around = 144; // [36:12:360]
// Layers
layers = 80; // [20:4:200]

/* [Hidden] */
// a swelling belly, a narrow neck and an open rim
belly = function(t) 1 + 0.34 * sin(t * 250 - 20) - 0.18 * t + 0.30 * pow(t, 6);
lobe = function(angle, t) depth * cos(lobes * angle) * sin(180 * pow(t, 0.8) * 0.94 + 6);

color([0.15, 0.50, 0.52]) difference() {
    skin(0, 0);
    skin(wall, foot);
}
color([0.85, 0.70, 0.42]) base();

// A solid stack of outlines, smaller by `inset`, from `bottom` to the rim (a little over it when it is the inside).
module skin(inset, bottom) {
    rise = height - bottom + (inset > 0 ? 0.5 : 0);
    points = [for (layer = [0:layers]) let (z = bottom + rise * layer / layers) each outline(z, inset)];
    sides = [for (layer = [0:layers - 1], i = [0:around - 1])
        let (a = layer * around + i, b = layer * around + (i + 1) % around)
        each [[a, a + around, b], [b, a + around, b + around]]];
    bottom_face = [for (i = [0:around - 1]) i];
    top_face = [for (i = [around - 1:-1:0]) layers * around + i];
    polyhedron(points, concat(sides, [bottom_face, top_face]), convexity = 6);
}

function outline(z, inset) = let (t = min(1, z / height)) [
    for (i = [0:around - 1])
        let (angle = 360 * i / around, r = radius * belly(t) + lobe(angle, t) - inset, turned = angle + twist * t)
        [r * cos(turned), r * sin(turned), z]
];

// The foot is lobed as the vase is, and turns the other way.
module base() {
    lobed = [for (i = [0:around - 1])
        let (angle = 360 * i / around) (radius * belly(0) + 3 + 0.5 * depth * cos(lobes * angle)) * [cos(angle), sin(angle)]];
    translate([0, 0, -foot]) linear_extrude(foot + 0.5, twist = 20, scale = 0.88, slices = 12) polygon(lobed);
}
