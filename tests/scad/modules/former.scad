// --- variables of assign() do not see each other
a = 1;
assign(a = 2, b = a + 10) { echo(a, b); cube(b); }
echo(a);
// deprecated 2:1 The assign() module will be removed in future releases. Use a regular assignment instead.
// echo: 2, 11
// echo: 1
// csg: group() {
// csg: 	cube(size = [11, 11, 11], center = false);
// csg: }

// --- the last of equal names counts, special variables too
module m() { echo(b, $fn); }
assign(b = 7, $fn = 5, b = 8) { echo(b, $fn); sphere(b); }
// deprecated 2:1 The assign() module will be removed in future releases. Use a regular assignment instead.
// echo: 8, 5
// csg: group() {
// csg: 	sphere($fn = 5, $fa = 12, $fs = 2, r = 8);
// csg: }

// --- assign() in a loop, through a module
module dots() { for (i = [0:1]) assign(x = i * 3) translate([x, 0, 0]) child(0); }
dots() cube(1);
// deprecated 1:33 The assign() module will be removed in future releases. Use a regular assignment instead.
// deprecated 1:72 child() will be removed in future releases. Use children() instead.
// csg: group() {
// csg: 	group() {
// csg: 		group() {
// csg: 			multmatrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 				group() {
// csg: 					cube(size = [1, 1, 1], center = false);
// csg: 				}
// csg: 			}
// csg: 		}
// csg: 		group() {
// csg: 			multmatrix([[1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 				group() {
// csg: 					cube(size = [1, 1, 1], center = false);
// csg: 				}
// csg: 			}
// csg: 		}
// csg: 	}
// csg: }

// --- child() is the first, child(n) that one
module m() { child(); child(1); child(7); }
m() { echo("a"); echo("b"); }
// deprecated 1:14 child() will be removed in future releases. Use children() instead.
// echo: "a"
// echo: "b"
// warning 1:33 Children index (7) out of bounds (2 children)

// --- a module of the program that has such a name
module assign(x) { echo("mine", x); }
module child(n) { echo("my child", n); }
assign(3);
child(4);
// echo: "mine", 3
// echo: "my child", 4

// --- triangles
polyhedron(points = [[0,0,0], [1,0,0], [0,1,0], [0,0,1]], triangles = [[0,1,2], [0,3,1], [0,2,3], [1,3,2]]);
// deprecated 1:1 polyhedron(triangles=[]) will be removed in future releases. Use polyhedron(faces=[]) instead.
// csg: polyhedron(points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], faces = [[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], convexity = 1);

// --- faces go before triangles
polyhedron([[0,0,0], [1,0,0], [0,1,0]], [[0,1,2]], triangles = [[2,1,0]]);
// csg: polyhedron(points = [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces = [[0, 1, 2]], convexity = 1);

// --- imports by format
// file b.off | OFF 0 0 0
import_off("b.off", convexity = 5);
import_stl(file = "b.off");
// deprecated 2:1 The import_off() module will be removed in future releases. Use import() instead.
// deprecated 3:1 The import_stl() module will be removed in future releases. Use import() instead.
// csg: import(file = "b.off", origin = [0, 0], scale = 1, center = false, convexity = 5, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: import(file = "b.off", origin = [0, 0], scale = 1, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);

// --- extrusions of a named drawing; what scales the top scales the drawing too
// file b.dxf | 0
dxf_linear_extrude("b.dxf", "walls", 3) sphere(9);
linear_extrude(4, file = "b.dxf", scale = [2, 3], origin = [1, 2]);
dxf_rotate_extrude(file = "b.dxf", scale = 2);
// deprecated 2:1 The dxf_linear_extrude() module will be removed in future releases. Use linear_extrude() instead.
// deprecated 3:1 Support for reading files in linear_extrude will be removed in future releases. Use a child import() instead.
// deprecated 4:1 The dxf_rotate_extrude() module will be removed in future releases. Use rotate_extrude() instead.
// csg: linear_extrude(height = 3, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	import(file = "b.dxf", layer = "walls", origin = [0, 0], scale = 1, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: }
// csg: linear_extrude(height = 4, scale = [2, 3], $fn = 0, $fa = 12, $fs = 2) {
// csg: 	import(file = "b.dxf", origin = [1, 2], scale = 2, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: }
// csg: rotate_extrude(angle = 360, start = 180, convexity = 2, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	import(file = "b.dxf", origin = [0, 0], scale = 2, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: }
