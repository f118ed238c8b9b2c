// --- parameters and scope
x = 1;
module m(a, x=2) { y = a+x; echo(a, x, y); }
m(5);
m(5, 6);
m(x=7, a=8);
// echo: 5, 2, 7
// echo: 5, 6, 11
// echo: 8, 7, 15

// --- assignments run before instantiations
echo(a);
a = 1;
a = 2;
// warning 3:1 "a" was assigned on line 2 but was overwritten
// echo: 2

// --- forward reference in a scope
module m() { a = b; b = 3; echo(a, b); }
b = 10;
m();
// echo: 10, 3

// --- module and function of one name
function f() = 1;
module f() { echo("module"); }
f();
echo(f());
// echo: "module"
// echo: 1

// --- nested modules and functions
module outer(n) {
  k = n*2;
  function double(x) = x*k;
  module inner(y) { echo(n, k, double(y)); }
  inner(3);
}
outer(5);
// echo: 5, 10, 30

// --- recursion
module r(n) { if (n>0) { echo(n); r(n-1); } }
r(3);
// echo: 3
// echo: 2
// echo: 1

// --- unknown module has a hint
cubee(5);
module bracket() {}
brackett();
// warning 1:1 Ignoring unknown module 'cubee'
// hint Did you mean 'cube'?
// warning 3:1 Ignoring unknown module 'brackett'
// hint Did you mean 'bracket'?

// --- blocks are no scopes at file level
{ a = 1; module m() { echo(a); } }
m();
// echo: 1

// --- child blocks are scopes
a = 1;
union() { a = 2; echo(a); }
echo(a);
// echo: 2
// echo: 1

// --- parameter overwritten with a literal
module m(a) { a = 5; echo(a); }
m(1);
// warning 1:15 Parameter "a" is overwritten with a literal
// echo: 5

// --- arguments beyond the parameters
module m(a) { echo(a, b); }
m(1, b=2);
m(3);
m(1,2);
// warning 2:1 variable "b" not specified as parameter
// hint Did you mean 'a'?
// echo: 1, 2
// warning 1:23 Ignoring unknown variable "b"
// echo: 3, undef
// warning 4:1 Too many unnamed arguments supplied
// hint It takes a. Several numbers that are one value stand in brackets: [x, y, z].
// warning 1:23 Ignoring unknown variable "b"
// echo: 1, undef

// --- if and else
if (1 > 2) echo("a"); else if (true) { echo("b"); } else echo("c");
if (false) echo("d");
// echo: "b"

// --- for over many things
for (i=[1:2]) echo(i);
for (i=["a",[1]]) echo(i);
for (c="xy") echo(c);
for (i=5) echo(i);
for (i=undef) echo(i);
for (i=[0:1], j=[0:i]) echo(i,j);
// echo: 1
// echo: 2
// echo: "a"
// echo: [1]
// echo: "x"
// echo: "y"
// echo: 5
// echo: 0, 0
// echo: 1, 0
// echo: 1, 1

// --- let statement
let (a=1, b=a+1) { echo(a,b); }
for (i=[0:1]) let (k=i*2) echo(k);
// echo: 1, 2
// echo: 0
// echo: 2

// --- statement order of echoes
echo("one");
x = echo("zero") 1;
echo("two", x);
// echo: "zero"
// echo: "one"
// echo: "two", 1

// --- disabled children are not evaluated
*echo("off");
translate([0,0,0]) *echo("off too");
echo("on");
// echo: "on"

