// Special variables down recursions of functions and modules.
$depth = 0;
function down(n, $depth = 0) = n == 0 ? $depth : down(n - 1, $depth = $depth + 1);
function walk(n) = n == 0 ? $depth : let ($depth = $depth + 1) walk(n - 1) + 0;
module under(n, $depth = 0) {
    if (n > 0) under(n - 1, $depth = $depth + 1);
    else translate([$depth, 0, 0]) cube(1);
}
echo([for (i = [0 : 200]) down(200)][3], [for (i = [0 : 100]) walk(100)][2]);
for (i = [0 : 100]) under(50);
