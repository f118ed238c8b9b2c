// --- include brings everything
// file lib.scad | v = 5; function f(x) = x+v; module m() { echo("m", v); } echo("lib runs");
include <lib.scad>
echo(f(1));
m();
// echo: "lib runs"
// echo: 6
// echo: "m", 5

// --- use brings functions and modules
// file lib.scad | v = 5; function f(x) = x+v; module m() { echo("m", v); } echo("lib does not run");
use <lib.scad>
echo(f(1));
m();
echo(v);
// echo: 6
// echo: "m", 5
// warning 5:6 Ignoring unknown variable "v"
// echo: undef

// --- included variables can be overwritten
// file lib.scad | v = 5; function f() = v;
include <lib.scad>
v = 6;
echo(f());
// echo: 6

// --- main program overwritten by an include
// file lib.scad | v = 5;
v = 4;
include <lib.scad>
echo(v);
// warning lib.scad:1:1 "v" was assigned on line 2 of "main.scad" but was overwritten
// echo: 5

// --- missing files are told
include <none.scad>
use <gone.scad>
echo("goes on");
// warning 1:1 Can't find include file 'none.scad'.
// hint It is looked for beside the file that names it, then in the library folders.
// warning 2:1 Can't open library 'gone.scad'.
// hint It is looked for beside the file that names it, then in the library folders.
// echo: "goes on"

// --- includes look beside the file that says so
// file sub/a.scad | include <b.scad>
// file sub/b.scad | function b() = "beside";
include <sub/a.scad>
echo(b());
// echo: "beside"

// --- used files do not see the main program
// file lib.scad | function f() = secret;
use <lib.scad>
secret = 1;
echo(f());
// warning lib.scad:1:16 Ignoring unknown variable "secret"
// echo: undef

// --- later use comes first
// file a.scad | function f() = "a";
// file b.scad | function f() = "b";
use <a.scad>
use <b.scad>
echo(f());
// echo: "b"

// --- own definitions come before used ones
// file a.scad | function f() = "a"; module m() { echo("a"); }
use <a.scad>
function f() = "own";
echo(f());
m();
// echo: "own"
// echo: "a"

// --- include inside a module
// file part.scad | w = 3; echo("part", w);
module m() { include <part.scad> }
m();
// echo: "part", 3

// --- circular includes end
// file a.scad | include <b.scad>
// file b.scad | include <a.scad>
include <a.scad>
echo("end");
// warning b.scad:1:1 Can't find include file 'a.scad'.
// hint It is looked for beside the file that names it, then in the library folders.
// echo: "end"

// --- used file that uses another
// file a.scad | use <b.scad>
function x() = y();
// file b.scad | function y() = "deep";
use <a.scad>
echo(x());
echo(y());
// warning 2:16 Ignoring unknown function 'y'
// hint Did you mean 'x'?
// echo: undef
// warning 6:6 Ignoring unknown function 'y'
// hint Did you mean 'x'?
// echo: undef

// --- error in an include has its own place
// file bad.scad | function f( = 1;
include <bad.scad>
echo(1);
// error bad.scad:1:13 Parser error: expected a parameter's name, found '='

// --- what nobody calls tells nothing
// file part.scad | module unused() { unknown(1); } function unused(x) = unknown(x);
use <part.scad>
echo("end");
// echo: "end"

// --- a body that is read when it is called has its places
// file part.scad | module outer() { inner(); module inner() { unknown(1); } }
use <part.scad>
outer();
// warning part.scad:1:44 Ignoring unknown module 'unknown'
