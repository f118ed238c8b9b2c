// --- for with condition
echo([for (i=[0:9]) if (i%3==0) i]);
// echo: [0, 3, 6, 9]

// --- if else
echo([for (i=[0:4]) if (i%2==0) "e" else i]);
// echo: ["e", 1, "e", 3, "e"]

// --- nested for
echo([for (i=[0:2]) for (j=[0:i]) [i,j]], [for (i=[0:1], j=[0:1]) i*2+j]);
// echo: [[0, 0], [1, 0], [1, 1], [2, 0], [2, 1], [2, 2]], [0, 1, 2, 3]

// --- let inside
echo([for (i=[1:3]) let (q=i*i) if (q>1) q], [let (a=2) for (i=[0:a]) i]);
// echo: [4, 9], [0, 1, 2]

// --- each flattens one level
echo([each [1,[2,3]], each 4, each undef, each [5:6]], [for (v=[[1,2],[3]]) each v]);
// echo: [1, [2, 3], 4, 5, 6], [1, 2, 3]

// --- each over list elements
echo([each for (v=[[1,2],[3,[4]]]) v], [each if (true) [1,2]]);
// echo: [1, 2, 3, [4]], [1, 2]

// --- c style
echo([for (i=0; i<5; i=i+1) i], [for (a=0,b=1; a<20; t=a,a=b,b=t+b) a]);
// echo: [0, 1, 2, 3, 4], [0, 1, 1, 2, 3, 5, 8, 13]

// --- c style step sees new values
echo([for (i=0,j=0; i<3; i=i+1, j=i*10) [i,j]]);
// echo: [[0, 0], [1, 10], [2, 20]]

// --- c style shadows its own outer name
function lens(list) = [for (; is_list(list) && len(list)>0; list=list[0]) len(list)];
echo(lens([[1,2],[3,4]]));
// echo: [2, 2]

// --- parentheses around elements
echo([(for (i=[0:2]) i), (let (a=1) if (a==1) a)]);
// echo: [0, 1, 2, 1]

// --- over strings and single values
echo([for (c="ab") c], [for (x=5) x], [for (x=undef) x], [for (x=true) x]);
// echo: ["a", "b"], [5], [], [true]

// --- mixed elements
echo([0, for (i=[1:2]) i, 3, if (false) 4, each [5,6]]);
// echo: [0, 1, 2, 3, 5, 6]

// --- dangling else belongs to the inner if
echo([for (i=[0:3]) if (i>0) if (i>1) "big" else "one"]);
// echo: ["one", "big", "big"]

