// A pair of involute spur gears in mesh.
// The teeth are true involutes of the base circle; the second gear is turned so that its tooth stands in the first one's space.

/* [Gears] */
// Size of a tooth: pitch diameter over number of teeth, mm
module_size = 3; // [0.5:0.25:8]
// Teeth of the wheel
wheel_teeth = 32; // [10:1:80]
// Teeth of the pinion
pinion_teeth = 18; // [10:1:80]
// Pressure angle, degrees
pressure_angle = 20; // [14.5, 20, 25]
// Width of the face, mm
face_width = 14; // [3:1:60]
// Play between the flanks at the pitch circle, mm
backlash = 0.1; // [0:0.05:0.5]

/* [Hub] */
// Shaft of the wheel, mm
wheel_bore = 16; // [3:1:60]
// Shaft of the pinion, mm
pinion_bore = 12; // [3:1:60]
// Lightening holes in the wheel
windows = 5; // [0:1:8]

/* [Hidden] */
$fn = 72;
flank_steps = 10;
wheel_pitch = module_size * wheel_teeth / 2;
pinion_pitch = module_size * pinion_teeth / 2;

color([0.85, 0.65, 0.30]) wheel();
// half a tooth further when the wheel shows a tooth on the line of centres
color([0.45, 0.52, 0.60]) translate([wheel_pitch + pinion_pitch, 0, 0])
    rotate(180 + 180 / pinion_teeth) pinion();

module wheel() {
    root = wheel_pitch - 1.25 * module_size;
    hub = wheel_bore / 2 + 7;
    rim = root - 4;
    difference() {
        linear_extrude(face_width) gear(wheel_teeth);
        // the web is thinner than rim and hub on both sides
        for (z = [-1, face_width * 0.7]) translate([0, 0, z])
            linear_extrude(1 + face_width * 0.3) difference() {
                circle(rim);
                circle(hub);
            }
        if (windows > 0)
            for (i = [0:windows - 1]) rotate((i + 0.5) * 360 / windows)
                translate([(rim + hub) / 2, 0, -1]) cylinder(r = (rim - hub) / 2 - 2.5, h = face_width + 2);
        shaft(wheel_bore);
    }
}

module pinion() {
    difference() {
        union() {
            linear_extrude(face_width) gear(pinion_teeth);
            cylinder(r = pinion_bore / 2 + 5, h = face_width + 8);
        }
        shaft(pinion_bore);
        translate([0, 0, face_width + 4]) rotate([0, 90, 0]) cylinder(d = 4, h = pinion_pitch + 10, $fn = 32);
    }
}

// A round bore with a keyway.
module shaft(diameter) {
    key = max(2, diameter * 0.28);
    translate([0, 0, -1]) linear_extrude(face_width + 12) {
        circle(d = diameter);
        translate([0, -key / 2]) square([diameter / 2 + key * 0.45, key]);
    }
}

module gear(teeth) {
    pitch = module_size * teeth / 2;
    base = pitch * cos(pressure_angle);
    tip = pitch + module_size;
    root = pitch - 1.25 * module_size;
    // half of the tooth's angle at the base circle: thickness at the pitch circle plus the involute's own angle there
    half = 90 / teeth - backlash / pitch * 90 / PI + involute_angle(base, pitch);
    start = max(base, root);
    right = [for (i = [0:flank_steps])
        let (radius = start + (tip - start) * i / flank_steps)
        polar(radius, -half + involute_angle(base, radius))];
    left = [for (i = [flank_steps:-1:0]) [right[i].x, -right[i].y]];
    tooth = concat([polar(root, -half)], right, left, [polar(root, half)]);
    polygon([for (i = [0:teeth - 1]) each [for (point = tooth) turn(point, i * 360 / teeth)]]);
}

// How far an involute has turned from its start on the base circle to a radius, degrees.
function involute_angle(base, radius) =
    let (unrolled = sqrt(max(0, pow(radius / base, 2) - 1))) unrolled * 180 / PI - atan(unrolled);

function polar(radius, angle) = radius * [cos(angle), sin(angle)];

function turn(point, angle) = [
    point.x * cos(angle) - point.y * sin(angle),
    point.x * sin(angle) + point.y * cos(angle)
];
