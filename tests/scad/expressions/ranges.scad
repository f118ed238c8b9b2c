// --- values
echo([for (i=[0:3]) i], [for (i=[0:2:5]) i], [for (i=[5:-2:0]) i], [for (i=[0:0.1:0.3]) i]);
// echo: [0, 1, 2, 3], [0, 2, 4], [5, 3, 1], [0, 0.1, 0.2, 0.3]

// --- empty and single
echo([for (i=[3:1:2]) i], [for (i=[2:2]) i], [for (i=[0:-1:1]) i]);
// warning 1:14 begin is greater than the end, but step is positive
// warning 1:54 begin is smaller than the end, but step is negative
// echo: [], [2], []

// --- printing and parts
r = [1:2:9];
echo(r, r[0], r[1], r[2], r[3], r.begin, r.step, r.end, len([each r]));
// echo: [1 : 2 : 9], 1, 2, 9, undef, 1, 2, 9, 5

// --- wrong direction is told for literals
x = [5:1];
y = [1:-1:5];
echo(x, y);
// warning 1:5 begin is greater than the end, but step is positive
// hint The range is empty. OpenSCAD before 2026 swapped its ends; [begin : -1 : end] counts down.
// warning 2:5 begin is smaller than the end, but step is negative
// echo: [5 : 1 : 1], [1 : -1 : 5]

// --- not numbers
echo([0:"a"]);
echo([0:"b":3]);
// warning 1:6 Unable to convert [0:...:"a"] to a range
// echo: undef
// warning 2:6 Unable to convert [...:"b":...] to a step value
// echo: undef

// --- too many values
for (i=[0:1e7]) echo(i);
echo([for (i=[0:1e9]) i]);
echo([each [0:1e6]]);
// warning 1:1 Bad range parameter in for statement: too many elements (10000001)
// warning 2:7 Bad range parameter in for statement: too many elements (1000000001)
// echo: []
// warning 3:7 Bad range parameter in for statement: too many elements (1000001)
// echo: []

// --- infinite ends
for (i=[0:1/0]) echo(i);
for (i=[0:0/0]) echo(i);
for (i=[0:0:5]) echo(i);
// warning 1:1 Bad range parameter in for statement: too many elements (4294967295)
// warning 3:1 Bad range parameter in for statement: too many elements (4294967295)

// --- equality of ranges
echo([0:2]==[0:2], [0:2]==[0:2.5], [0:2]==[0,1,2], [1:0]==[5:3]);
// warning 1:52 begin is greater than the end, but step is positive
// hint The range is empty. OpenSCAD before 2026 swapped its ends; [begin : -1 : end] counts down.
// warning 1:59 begin is greater than the end, but step is positive
// hint The range is empty. OpenSCAD before 2026 swapped its ends; [begin : -1 : end] counts down.
// echo: true, true, false, true

// --- rounding does not lose the last value
echo(len([for (i=[0:0.1:1]) i]), len([for(i=[0:1/3:1]) i]));
// echo: 11, 4

