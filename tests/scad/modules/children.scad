// --- all and by index
module show() { echo($children); children(0); children(1); children(); }
show() { echo("a"); echo("b"); }
// echo: 2
// echo: "a"
// echo: "b"
// echo: "a"
// echo: "b"

// --- by list and range
module pick() { children([1,0]); children([0:2:2]); }
pick() { echo("a"); echo("b"); echo("c"); }
// echo: "b"
// echo: "a"
// echo: "a"
// echo: "c"

// --- out of bounds
module m() { children(3); children(-1); children("x"); children([0,9]); }
m() echo("a");
// warning 1:14 Children index (3) out of bounds (1 children)
// warning 1:27 Children index (-1) out of bounds (1 children)
// warning 1:41 Bad parameter type ("x") for children, only accept: empty, number, vector, range
// warning 1:56 Children index (9) out of bounds (1 children)
// echo: "a"

// --- outside a module
children();
echo($children);
// warning 2:6 Ignoring unknown variable "$children"
// echo: undef

// --- context is where they are written
x = "outer";
module m() { x = "inner"; children(); }
m() echo(x);
// echo: "outer"

// --- special variables come from the module
module m() { $size = 7; children(); }
m() echo($size);
// echo: 7

// --- passed on
module a() { b() children(); }
module b() { c() children(); }
module c() { echo($children); children(); }
a() { echo("x"); echo("y"); }
// echo: 1
// echo: "x"
// echo: "y"

// --- children of loops count once
module n() { echo($children); }
n() { for (i=[0:3]) cube(i); if (false) cube(); let (a=1) cube(a); }
// echo: 3

// --- assignments are no children
module n() { echo($children); children(); }
n() { a = 5; echo(a); }
// echo: 1
// echo: 5

// --- evaluated once for each call
module twice() { children(); children(); }
twice() echo("again");
// echo: "again"
// echo: "again"

