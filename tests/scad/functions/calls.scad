// --- positional and named
function f(a,b=2,c=3) = [a,b,c];
echo(f(1), f(1,5), f(c=9,a=1), f(1,c=4), f(b=7,1));
// echo: [1, 2, 3], [1, 5, 3], [1, 2, 9], [1, 2, 4], [1, 7, 3]

// --- defaults see the place of the definition
x = 10;
function f(a, b=x) = a+b;
function g(a, b=a) = b;
echo(f(1), g(5));
// warning 3:17 Ignoring unknown variable "a"
// hint Did you mean 'x'?
// echo: 11, undef

// --- too many arguments
function f(a) = a;
echo(f(1,2,3));
// warning 2:6 Too many unnamed arguments supplied
// hint It takes a. Several numbers that are one value stand in brackets: [x, y, z].
// echo: 1

// --- unknown argument is told and seen
function f(a) = [a, extra];
echo(f(1, extra=5));
// warning 2:6 variable "extra" not specified as parameter
// hint It takes a.
// echo: [1, 5]

// --- argument twice
function f(a,b) = [a,b];
echo(f(1, a=2), f(a=1,a=2));
// warning 2:6 argument "a" overrides positional argument
// warning 2:17 argument "a" supplied more than once
// echo: [2, undef], [2, undef]

// --- missing arguments are undef
function f(a,b) = [a,b];
echo(f(), f(1));
// echo: [undef, undef], [1, undef]

// --- recursion
function fact(n) = n<=1 ? 1 : n*fact(n-1);
echo(fact(10), fact(20));
// echo: 3.6288e+6, 2.4329e+18

// --- mutual recursion
function even(n) = n==0 || odd(n-1);
function odd(n) = n!=0 && even(n-1);
echo(even(10), odd(7));
// echo: true, true

// --- tail calls do not grow the stack
function sum(n, acc=0) = n==0 ? acc : sum(n-1, acc+n);
echo(sum(200000));
// echo: 2.00001e+10

// --- tail calls through let, echo and assert
function f(n) = assert(n>=0) let (m=n-1) n==0 ? "done" : f(m);
echo(f(50000));
// echo: "done"

// --- deep recursion
function depth(n) = n==0 ? 0 : 1+depth(n-1);
echo(depth(500));
// echo: 500

// --- unknown function has a hint
function length_of(v) = len(v);
echo(lenght_of([1]));
// warning 2:6 Ignoring unknown function 'lenght_of'
// hint Did you mean 'length_of'?
// echo: undef

// --- unknown variable has a hint
function area(width, height) = width*heigth;
echo(area(2,3));
// warning 1:38 Ignoring unknown variable "heigth"
// hint Did you mean 'height'?
// warning 1:32 undefined operation (number * undefined)
// echo: undef

// --- last definition wins
function f() = 1;
function f() = 2;
echo(f());
// echo: 2

// --- user functions replace built-in ones
function len(x) = "mine";
echo(len([1]));
// echo: "mine"

// --- variables and functions have separate names
f = 5;
function f(x) = x+1;
echo(f, f(1));
// echo: 5, 2

// --- duplicate parameter names are one variable
function f(a, b, a) = [a, b];
echo(f(1,2), f(a=3));
// echo: [1, 2], [3, undef]

// --- calling what is no function
x = 5;
echo(x(1));
echo((1)(2));
echo([1](0));
// warning 2:6 Ignoring unknown function 'x'
// echo: undef
// warning 3:6 Can't call function on number
// echo: undef
// warning 4:6 Can't call function on vector
// echo: undef

