// NopSCADlib: an extrusion, screws, a fan, a rail.
include <NopSCADlib/lib.scad>
include <NopSCADlib/vitamins/extrusions.scad>
extrusion(E2020, 200);
for (i = [0 : 5]) translate([i * 20, 60, 0]) screw(M3_cap_screw, 10 + i);
translate([0, 120, 0]) fan(fan80x25);
translate([100, 120, 0]) rail_assembly(MGN12H_carriage, 200, 0);
