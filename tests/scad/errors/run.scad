// --- trace of modules
module inner(a, b="x") { assert(a > 5, "too small"); }
module outer(n) { inner(n); }
outer(3);
// error 1:26 Assertion '(a > 5)' failed: "too small"
// trace 1:26 called by 'assert'
// trace 1:1 call of 'inner(a = 3, b = "x")'
// trace 2:19 called by 'inner'
// trace 2:1 call of 'outer(n = 3)'
// trace 3:1 called by 'outer'

// --- trace of an assignment
function f(x) = assert(x) x;
module m() { a = f(false); echo(a); }
m();
// error 1:17 Assertion 'x' failed
// trace 2:18 called by 'f'
// trace 2:14 assignment to "a"
// trace 3:1 called by 'm'

// --- endless recursion of a function
function f(x) = 1 + f(x);
echo(f(1));
// error 1:21 Recursion detected calling function 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace   *** Excluding 94929 frames ***
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 1:21 called by 'f'
// trace 2:6 called by 'f'
// trace 2:1 called by 'echo'

// --- endless recursion of a module
module m() { m(); }
m();
// error 1:1 Recursion detected calling module 'm'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace   *** Excluding 185663 frames ***
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 1:14 called by 'm'
// trace 1:1 call of 'm()'
// trace 2:1 called by 'm'

// --- endless tail recursion
function f(x) = f(x+1);
echo(f(1));
// error 1:17 Recursion detected calling function 'f'
// trace 1:17 called by 'f'
// trace 2:1 called by 'echo'

// --- c style loop without end
echo([for (i=0; true; i=i+1) i]);
// error 1:7 For loop counter exceeded limit
// trace 1:1 called by 'echo'

// --- warnings repeat five times
for (i=[0:9]) echo(nothing);
// warning 1:20 Ignoring unknown variable "nothing"
// echo: undef
// warning 1:20 Ignoring unknown variable "nothing"
// echo: undef
// warning 1:20 Ignoring unknown variable "nothing"
// echo: undef
// warning 1:20 Ignoring unknown variable "nothing"
// echo: undef
// warning 1:20 Ignoring unknown variable "nothing"
// echo: undef
// echo: undef
// echo: undef
// echo: undef
// echo: undef
// echo: undef

