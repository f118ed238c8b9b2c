// --- dynamic scope
module a() { echo($v); }
module b() { $v = 2; a(); }
$v = 1;
a();
b();
a($v=3);
a();
// echo: 1
// echo: 2
// echo: 3
// echo: 1

// --- through functions
function f() = $k;
$k = 1;
echo(f(), f($k=2), let ($k=3) f(), f());
// echo: 1, 2, 3, 1

// --- as parameters
module m($p=5) { n(); }
module n() { echo($p); }
m();
m(6);
m($p=7);
// echo: 5
// echo: 6
// echo: 7

// --- for loops over special variables
function f() = $i*10;
for ($i=[1:2]) echo(f());
echo([for ($i=[3:4]) f()]);
// echo: 10
// echo: 20
// echo: [30, 40]

// --- unset
echo($nothing);
echo(is_undef($nothing));
// warning 1:6 Ignoring unknown variable "$nothing"
// echo: undef
// echo: true

// --- start values
echo($fn, $fa, $fs, $t, $preview);
// echo: 0, 12, 2, 0, false

// --- fn is seen by children of built-in modules
union($fn=9) circle(1);
circle(2);

// --- tail calls keep special variables
function f(n) = n==0 ? $depth : f(n-1, $depth=n);
echo(f(5, $depth=0), f(1000, $depth=0));
// echo: 1, 1

// --- special functions
function call() = $f(2);
echo(call($f=function (x) x+1));
// echo: 3

// --- defaults do not see the special variables of their own call
$m = 1;
function g(d = 0, m = $m) = [d, m];
function f(a = g(5), $m = $m + 100, b = $m) = [a, b, $m];
module mm(a = g(5), b = $m) echo("mm", a, b, $m);
module m2(a = $m, $m = 50, b = $m) echo("m2", a, b, $m);
echo(f());
echo(f($m = 7));
echo(f(b = 3, $m = 8));
mm();
mm($m = 9);
mm($q = 1, $m = 10);
m2(); m2($m = 60); m2(1);
h = function(a = $m, b = g()) [a, b, $m];
echo(h()); echo(h($m = 3));
function t(n, a = $m) = n == 0 ? a : t(n - 1, $m = n);
echo(t(3));
function u(n, a = $m) = n == 0 ? a : [u(n - 1, $m = n)];
echo(u(3));
module outer($m = 20) { mm(); mm($m = 30); module inner(x = $m) echo("inner", x, $m); inner(); inner($m = 40); }
outer(); outer($m = 21);
module fnn(n = $fn) echo("fn", n, $fn); fnn($fn = 12); fnn();
function v(n, $m = $m * 2, a = $m) = n == 0 ? [a, $m] : v(n - 1);
echo(v(3));
// echo: [[5, 1], 1, 101]
// echo: [[5, 1], 1, 7]
// echo: [[5, 1], 3, 8]
// echo: "mm", [5, 1], 1, 1
// echo: "mm", [5, 1], 1, 9
// echo: "mm", [5, 1], 1, 10
// echo: "m2", 1, 1, 50
// echo: "m2", 1, 1, 60
// echo: "m2", 1, 1, 50
// echo: [1, [0, 1], 1]
// echo: [1, [0, 1], 3]
// echo: 2
// echo: [[[2]]]
// echo: "mm", [5, 20], 20, 20
// echo: "mm", [5, 20], 20, 30
// echo: "inner", 20, 20
// echo: "inner", 20, 40
// echo: "mm", [5, 21], 21, 21
// echo: "mm", [5, 21], 21, 30
// echo: "inner", 21, 21
// echo: "inner", 21, 40
// echo: "fn", 0, 12
// echo: "fn", 0, 0
// echo: [8, 16]
