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

