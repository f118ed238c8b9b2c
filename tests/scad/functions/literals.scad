// --- values
f = function (x) x*2;
echo(f(4), f, is_function(f), is_function(5));
// echo: 8, function(x) (x * 2), true, false

// --- special variables at the time of the call
f = function () $s;
$s = 1;
echo(f(), let ($s=2) f());
// echo: 1, 2

// --- closures keep their variables
adder = function (n) function (x) x+n;
a5 = adder(5);
echo(a5(1), adder(2)(3));
// echo: 6, 5

// --- recursion in let
echo(let (fact = function (n) n<=1 ? 1 : n*fact(n-1)) fact(6));
// echo: 720

// --- recursion at file level
fib = function (n) n<2 ? n : fib(n-1)+fib(n-2);
echo(fib(12));
// echo: 144

// --- later names of the same let
echo(let (f = function (n) n==0 ? "even" : g(n-1), g = function (n) n==0 ? "odd" : f(n-1)) [f(4), f(5)]);
// echo: ["even", "odd"]

// --- as arguments
function map(f, v) = [for (x=v) f(x)];
echo(map(function (x) x^2, [1,2,3]));
// echo: [1, 4, 9]

// --- captured by iteration
fs = [for (i=[0:2]) function () i];
echo([for (f=fs) f()]);
// echo: [0, 1, 2]

// --- compose
compose = function (f,g) function (x) f(g(x));
echo(compose(function (x) x+1, function (x) x*10)(5));
// echo: 51

// --- named arguments and defaults
f = function (a, b=10) a-b;
echo(f(1), f(b=1,a=5), f(1,2));
// echo: -9, 4, -1

// --- printing
echo(function (a, b=[1,2]) a > b[0] ? -a : !b && "s" == str(a, c=1));
echo(function (x) [for (i=x) if (i>0) i else each i]);
// echo: function(a, b = [1, 2]) ((a > b[0]) ? -a : (!b && ("s" == str(a, c = 1))))
// echo: function(x) [for(i = x) (if((i > 0)) (i) else (each (i)))]

// --- identity
f = function () 1;
g = function () 1;
echo(f==f, f==g);
echo(f<g);
// echo: true, false
// warning 4:6 operation undefined (function < function)
// echo: undef

// --- tail calls of literals
loop = function (n) n==0 ? "end" : loop(n-1);
echo(loop(100000));
// echo: "end"

// --- immediate call
echo((function (x) x+1)(2));
// echo: 3

// --- no function in a variable falls through
function f(x) = "outer";
function g(f) = f(1);
echo(g(5), g(function (x) "inner"));
// echo: "outer", "inner"

// --- texts inside are written as in a program
f = function (x) str(x, "a\"b\n\t\\☠");
echo(f);
// echo: function(x) str(x, "a\"b\n\t\\☠")
