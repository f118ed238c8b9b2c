// --- translate
translate([1,2,3]) cube(1);
translate([1,2]) cube(1);
translate(5) cube(1);
// warning 3:1 Unable to convert translate(5) parameter to a vec3 or vec2 of numbers
// csg: multmatrix([[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- rotate
rotate([90,0,0]) cube(1);
rotate(45) cube(1);
rotate(a=180, v=[1,1,0]) cube(1);
rotate([0,0,"a"]) cube(1);
// warning 4:1 Problem converting rotate(a=[0, 0, "a"]) parameter
// csg: multmatrix([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[0.707107, -0.707107, 0, 0], [0.707107, 0.707107, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- scale and mirror
scale(2) cube(1);
scale([1,2]) cube(1);
mirror([1,0,0]) cube(1);
mirror("x") cube(1);
// warning 4:1 Unable to convert mirror("x") parameter to a vec3 or vec2 of numbers
// csg: multmatrix([[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[-1, -0, -0, 0], [-0, 1, -0, 0], [-0, -0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[-1, -0, -0, 0], [-0, 1, -0, 0], [-0, -0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- multmatrix
multmatrix([[1,0,0,5],[0,1,0,0],[0,0,1,0],[0,0,0,1]]) cube(1);
multmatrix([[1,2],[3,4]]) cube(1);
multmatrix(5) cube(1);
// csg: multmatrix([[1, 0, 0, 5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: multmatrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- color
color("red") cube(1);
color("#0f08") cube(1);
color([1,0.5,0], 0.5) cube(1);
color("rde") cube(1);
color([2,0,0]) cube(1);
color(alpha=0.3) cube(1);
// warning 4:1 Unable to parse color "rde"
// warning 5:1 color() expects numbers between 0.0 and 1.0. Value of 2.0 is out of range
// csg: color([1, 0, 0, 1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([0, 1, 0, 0.533333]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([1, 0.5, 0, 0.5]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([-1, -1, -1, -1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([2, 0, 0, 1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([-1, -1, -1, 0.3]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- resize
resize([10,0,5], auto=[false,true,false]) cube(1);
resize([3,3,3], auto=true) cube(1);
// csg: resize(newsize = [10,0,5], auto = [0,1,0], convexity = 0) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: resize(newsize = [3,3,3], auto = [1,1,1], convexity = 0) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }

// --- colours of the xkcd survey
color("xkcd:cloudy blue") cube(1);
color("XKCD:Bright Red") cube(1);
color("xkcd:green/yellow", 0.5) cube(1);
color("cloudy blue") cube(1);
// warning 4:1 Unable to parse color "cloudy blue"
// csg: color([0.67451, 0.760784, 0.85098, 1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([1, 0, 0.0509804, 1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([0.709804, 0.807843, 0.0313726, 0.5]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
// csg: color([-1, -1, -1, -1]) {
// csg: 	cube(size = [1, 1, 1], center = false);
// csg: }
