// --- cube
cube();
cube(2);
cube([1,2,3]);
cube(size=4, center=true);
cube("a");
// warning 5:1 Unable to convert cube(size="a", ...) parameter to a number or a vec3 of numbers
// csg: cube(size = [1, 1, 1], center = false);
// csg: cube(size = [2, 2, 2], center = false);
// csg: cube(size = [1, 2, 3], center = false);
// csg: cube(size = [4, 4, 4], center = true);
// csg: cube(size = [1, 1, 1], center = false);

// --- sphere
sphere();
sphere(2);
sphere(d=3);
sphere(r=1, d=4, $fn=8);
// warning 4:1 Ignoring radius variable "r" as diameter "d" is defined too.
// csg: sphere($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: sphere($fn = 0, $fa = 12, $fs = 2, r = 2);
// csg: sphere($fn = 0, $fa = 12, $fs = 2, r = 1.5);
// csg: sphere($fn = 8, $fa = 12, $fs = 2, r = 2);

// --- cylinder
cylinder();
cylinder(h=2, r=3);
cylinder(2, 1, 0);
cylinder(d1=4, d2=2, h=1, center=true);
cylinder(r=1, r1=2);
// warning 5:1 Cylinder parameters ambiguous
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 1, r1 = 1, r2 = 1, center = false);
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 2, r1 = 3, r2 = 3, center = false);
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 2, r1 = 1, r2 = 0, center = false);
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 1, r1 = 2, r2 = 1, center = true);
// csg: cylinder($fn = 0, $fa = 12, $fs = 2, h = 1, r1 = 2, r2 = 1, center = false);

// --- square and circle
square();
square([2,3], center=true);
circle();
circle(d=5, $fn=6);
// csg: square(size = [1, 1], center = false);
// csg: square(size = [2, 3], center = true);
// csg: circle($fn = 0, $fa = 12, $fs = 2, r = 1);
// csg: circle($fn = 6, $fa = 12, $fs = 2, r = 2.5);

// --- polygon
polygon([[0,0],[1,0],[0,1]]);
polygon([[0,0],[4,0],[0,4],[1,1],[2,1],[1,2]], [[0,1,2],[3,4,5]]);
polygon([[0,0],[1],[0,1]]);
polygon(5);
// warning 3:1 Unable to convert points[1] = [1] to a vec2 of numbers
// warning 4:1 Unable to convert points = 5 to a vector of coordinates
// csg: polygon(points = [[0, 0], [1, 0], [0, 1]], paths = undef, convexity = 1);
// csg: polygon(points = [[0, 0], [4, 0], [0, 4], [1, 1], [2, 1], [1, 2]], paths = [[0, 1, 2], [3, 4, 5]], convexity = 1);
// csg: polygon(points = [[0, 0], [0, 0], [0, 1]], paths = undef, convexity = 1);
// csg: polygon(points = [], paths = undef, convexity = 1);

// --- polygon with bad paths
polygon([[0,0],[1,0],[0,1]], [[0,1,7]]);
polygon([[0,0],[1,0],[0,1]], 3);
// warning 1:1 Point index 7 is out of bounds (from paths[0][2])
// warning 2:1 Unable to convert paths = 3 to a vector of vector of point indices
// csg: polygon(points = [[0, 0], [1, 0], [0, 1]], paths = [[0, 1]], convexity = 1);
// csg: polygon(points = [[0, 0], [1, 0], [0, 1]], paths = undef, convexity = 1);

// --- polyhedron
polyhedron(points=[[0,0,0],[1,0,0],[0,1,0],[0,0,1]], faces=[[0,1,2],[0,3,1],[0,2,3],[1,3,2]]);
polyhedron([[0,0,0]], [[0,1,9]]);
// warning 2:1 Point index 1 is out of bounds (from faces[0][1])
// warning 2:1 Point index 9 is out of bounds (from faces[0][2])
// csg: polyhedron(points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], faces = [[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], convexity = 1);
// csg: polyhedron(points = [[0, 0, 0]], faces = [], convexity = 1);

// --- resolution
$fn = 12;
circle(1);
circle(1, $fn=3);
sphere(1, $fa=5, $fs=0.1);
circle(1, $fs=0, $fa=-1, $fn=-2);
// warning 5:1 $fn negative - setting to 0
// warning 5:1 $fs too small - clamping to 0.010000
// warning 5:1 $fa too small - clamping to 0.010000
// csg: circle($fn = 12, $fa = 12, $fs = 2, r = 1);
// csg: circle($fn = 3, $fa = 12, $fs = 2, r = 1);
// csg: sphere($fn = 12, $fa = 5, $fs = 0.1, r = 1);
// csg: circle($fn = 0, $fa = 0.01, $fs = 0.01, r = 1);

// --- unknown arguments
cube(1, 2, 3);
cube(sice=2);
sphere(1, $foo=2);
// warning 1:1 Too many unnamed arguments supplied
// hint It takes size, center. Several numbers that are one value stand in brackets: [x, y, z].
// warning 2:1 variable "sice" not specified as parameter
// hint Did you mean 'size'?
// csg: cube(size = [1, 1, 1], center = false);
// csg: cube(size = [1, 1, 1], center = false);
// csg: sphere($fn = 0, $fa = 12, $fs = 2, r = 1);

// --- leaf modules take no children
cube(1) sphere(1);
// warning 1:1 module cube() does not support child modules
// csg: cube(size = [1, 1, 1], center = false);

// --- text
text("Ab");
text("שלום", size=5, halign="center", valign="top");
text(5);
// warning 3:1 text(..., text=5) Invalid type: expected string, found number
// csg: text(text = "Ab", size = 10, spacing = 1, font = "", direction = "ltr", language = "en", script = "Latn", halign = "default", valign = "default", $fn = 0, $fa = 12, $fs = 2);
// csg: text(text = "שלום", size = 5, spacing = 1, font = "", direction = "rtl", language = "en", script = "Hebr", halign = "center", valign = "top", $fn = 0, $fa = 12, $fs = 2);
// csg: text(text = "", size = 10, spacing = 1, font = "", direction = "ltr", language = "en", halign = "default", valign = "default", $fn = 0, $fa = 12, $fs = 2);

