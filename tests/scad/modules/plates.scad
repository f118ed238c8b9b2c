// --- plates come in the order of their numbers
width = 3;
module mw_plate_10() cube(10);
module mw_plate_2(size = width) sphere(size);
cylinder();
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 1, r1 = 1, r2 = 1, center = false);
// plate 2 group() {
// plate 2 	sphere($fn = 0, $fa = 12, $fs = 2, r = 3);
// plate 2 }
// plate 10 group() {
// plate 10 	cube(size = [10, 10, 10], center = false);
// plate 10 }

// --- the assembly view stands for an empty top level
module mw_plate_1() cube(1);
module mw_assembly_view() { mw_plate_1(); translate([2, 0]) mw_plate_1(); }
// csg: group() {
// csg: 	group() {
// csg: 		cube(size = [1, 1, 1], center = false);
// csg: 	}
// csg: 	multmatrix([[1, 0, 0, 2], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 		group() {
// csg: 			cube(size = [1, 1, 1], center = false);
// csg: 		}
// csg: 	}
// csg: }
// plate 1 group() {
// plate 1 	cube(size = [1, 1, 1], center = false);
// plate 1 }

// --- without an assembly view all plates stand for it
module mw_plate_1() cube(1);
module mw_plate_2() square(1);
if (false) cube(5);
// csg: group() {
// csg: 	group() {
// csg: 		cube(size = [1, 1, 1], center = false);
// csg: 	}
// csg: }
// csg: group() {
// csg: 	group() {
// csg: 		square(size = [1, 1], center = false);
// csg: 	}
// csg: }
// plate 1 group() {
// plate 1 	cube(size = [1, 1, 1], center = false);
// plate 1 }
// plate 2 group() {
// plate 2 	square(size = [1, 1], center = false);
// plate 2 }

// --- the assembly view is not called where the top level makes something
module mw_assembly_view() echo("not called");
cube(1);
// csg: cube(size = [1, 1, 1], center = false);

// --- names that are no plates
module mw_plate_() echo("no");
module mw_plate_01() echo("no");
module mw_plate_1a() echo("no");
module mw_plate_99999999999() echo("no");
function mw_plate_3() = 1;
cube(1);
// csg: cube(size = [1, 1, 1], center = false);

// --- an error in a plate is an error of the program
module mw_plate_1() assert(false);
cube(1);
// error 1:21 Assertion 'false' failed
// trace 1:21 called by 'assert'
// trace 1:1 call of 'mw_plate_1()'
// trace 1:1 called by 'mw_plate_1'

// --- plates of an included file
// file parts.scad | module mw_plate_1() circle(2);
include <parts.scad>
cube(1);
// csg: cube(size = [1, 1, 1], center = false);
// plate 1 group() {
// plate 1 	circle($fn = 0, $fa = 12, $fs = 2, r = 2);
// plate 1 }
