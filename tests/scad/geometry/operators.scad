// --- booleans
union() { cube(1); sphere(1); }
difference() { cube(1); sphere(1); }
intersection() { cube(1); sphere(1); }
group() cube(1);
// csg: union() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: }
// csg: difference() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: }
// csg: intersection() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: }
// csg: group() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- hull and minkowski
hull() { cube(1); sphere(1); }
minkowski() { cube(1); sphere(1); }
fill() square(1);
render(convexity=3) cube(1);
// csg: hull() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: }
// csg: minkowski(convexity = 0) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: }
// csg: fill() {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: render(convexity = 3) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- offset
offset(2) square(1);
offset(delta=-1) square(1);
offset(delta=1, chamfer=true) square(1);
offset(r=1, delta=2) square(1);
offset() square(1);
// warning 4:1 Ignoring "delta" argument as "r" is defined too.
// csg: offset(r = 2, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: offset(delta = -1, chamfer = false, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: offset(delta = 1, chamfer = true, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: offset(r = 1, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: offset(r = 1, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }

// --- linear extrude
linear_extrude(5) square(1);
linear_extrude(height=2, center=true, twist=90, scale=0.5, slices=10) square(1);
linear_extrude(v=[1,0,1], h=3) square(1);
linear_extrude(height="a") square(1);
linear_extrude(scale=[1,2], segments=8) square(1);
// warning 4:1 height when specified should be a number
// csg: linear_extrude(height = 5, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: linear_extrude(height = 2, center = true, twist = 90, slices = 10, scale = 0.5, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: linear_extrude(height = 3, v = [ 0.707107, 0, 0.707107], $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: linear_extrude(height = 100, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: linear_extrude(height = 100, segments = 8, scale = [1, 2], $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }

// --- rotate extrude
rotate_extrude() translate([2,0]) circle(1);
rotate_extrude(angle=90, start=45) square(1);
rotate_extrude(angle=400) square(1);
// csg: rotate_extrude(angle = 360, start = 180, convexity = 2, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	multmatrix([[1, 0, 0, 2], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 		circle($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: 	}
// csg: }
// csg: rotate_extrude(angle = 90, start = 45, convexity = 2, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: rotate_extrude(angle = 360, start = 0, convexity = 2, $fn = 0, $fa = 12, $fs = 2) {
// csg: 	square(size = [1, 1], center = false);
// csg: }

// --- projection and roof
projection(cut=true) cube(1);
projection() cube(1);
roof() square(1);
roof(method="straight") square(1);
// csg: projection(cut = true, convexity = 0) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: projection(cut = false, convexity = 0) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: roof(method = "voronoi", $fn = 0, $fa = 12, $fs = 2, convexity = 1) {
// csg: 	square(size = [1, 1], center = false);
// csg: }
// csg: roof(method = "straight", $fn = 0, $fa = 12, $fs = 2, convexity = 1) {
// csg: 	square(size = [1, 1], center = false);
// csg: }

// --- modifiers
#cube(1);
%sphere(1);
*cylinder();
#%cube(2);
// csg: #cube(size = [1, 1, 1], center = false);
// csg: %sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: %#cube(size = [2, 2, 2], center = false);

// --- root modifier
cube(1);
translate([1,0,0]) !sphere(1);
cube(2);
// csg: sphere($fn = 0, $fa = 12, $fs = 2, r = 1);

// --- more than one root
!cube(1);
!sphere(1);
// warning 2:2 More than one Root Modifier (!)
// csg: cube(size = [1, 1, 1], center = false);

// --- loops make groups
for (i=[0:1]) cube(i+1);
intersection_for (i=[0:1]) cube(i+1);
if (true) cube(1); else sphere(1);
let (a=2) cube(a);
// csg: group() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	cube(size = [2, 2, 2], center = false);
// csg: }
// csg: intersection() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	cube(size = [2, 2, 2], center = false);
// csg: }
// csg: group() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: group() {
// csg: 	cube(size = [2, 2, 2], center = false);
// csg: }

// --- modules make groups
module m() { cube(1); children(); }
m() sphere(1);
m();
// csg: group() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	group() {
// csg: 		sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: 	}
// csg: }
// csg: group() {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: 	group();
// csg: }

// --- import and surface
import("part.stl");
import("drawing.svg", dpi=96, layer="cut", id="a");
surface("height.dat", center=true);
// warning 1:1 Can't open import file 'part.stl'
// warning 2:1 Can't open import file 'drawing.svg'
// warning 3:1 Can't open import file 'height.dat'
// csg: import(file = "part.stl", origin = [0, 0], scale = 1, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: import(file = "drawing.svg", id = "a", layer = "cut", origin = [0, 0], dpi = 96, scale = 1, center = false, convexity = 1, $fn = 0, $fa = 12, $fs = 2, timestamp = 0);
// csg: surface(file = "height.dat", center = true, invert = false, timestamp = 0);

