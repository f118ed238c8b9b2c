// Trees and rings of nested modules, with children and special variables.
$height = 1;
module tree(n) {
    if (n > 0) for (i = [0 : 2]) translate([i, n, 0]) rotate(i * 10) tree(n - 1);
    else cube([1, $height, 1]);
}
module ring(n, r) for (i = [0 : n - 1]) rotate(i * 360 / n) translate([r, 0, 0]) children();
module higher() { $height = $height + 1; children(); }
tree(7);
ring(30, 100) ring(20, 10) higher() higher() cylinder(r = 1, h = $height);
