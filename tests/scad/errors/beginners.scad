// --- a type before a variable
int x = 5;
var y = 5;
let z = 5;
// error 1:5 Parser error: expected '(' before the arguments, found 'x'
// hint A variable has nothing in front: 'name = value;'.
// error 2:5 Parser error: expected '(' before the arguments, found 'y'
// hint A variable has nothing in front: 'name = value;'.
// error 3:5 Parser error: expected '(' before the arguments, found 'z'
// hint A variable has nothing in front: 'name = value;'.

// --- a brace after a function
function f(x) { return x * 2; }
echo(f(2));
// error 1:15 Parser error: expected '=' after the parameters of the function, found '{'
// hint A function is one expression: 'function name(parameters) = expression;'.

// --- return
module m() { return 3; }
// error 1:21 Parser error: expected '(' before the arguments, found the number 3
// hint A function has no 'return': its value stands behind '='.

// --- an equals sign after a module
module box(w) = cube(w);
// error 1:15 Parser error: expected a statement, found '='
// hint A module has statements: 'module name(parameters) { … }'; only a function has a '='.

// --- another language's definition
def box(w) { cube(w); }
// error 1:5 Parser error: expected '(' before the arguments, found 'box'
// hint It is 'module name(parameters) { … }' for shapes, 'function name(parameters) = value;' for values.

// --- no parentheses around a condition
if x > 3 { cube(3); }
// error 1:4 Parser error: expected '(' after 'if', found 'x'
// hint The condition stands in parentheses: if (a > b) …

// --- one equals sign in a condition
if (x = 3) cube(3);
// error 1:7 Parser error: expected ')' after the condition, found '='
// hint Values are compared with '=='.

// --- counting loops
for i in [0:3] cube(i);
for (i = 0; i < 3; i++) cube(i);
// error 1:5 Parser error: expected '(' before the arguments, found 'i'
// hint It is written 'for (i = [0 : 9])'.
// error 2:11 Parser error: expected ')' or ',' after the argument, found ';'
// hint A statement counts with 'for (i = [0 : 9])'; 'for (i = 0; i < 10; i = i + 1)' stands in lists alone.

// --- counting up
x = 3;
x += 1;
// error 2:3 Parser error: expected '(' before the arguments, found '+'
// hint A variable keeps the one value that it is given: there is no '+=' and no '++'.

// --- no parentheses behind a module
union { cube(1); }
module a() cube(1);
a;
// error 1:7 Parser error: expected '(' before the arguments, found '{'
// hint A module is called with parentheses, even if nothing stands in them: 'union() { … }'.
// error 3:2 Parser error: expected '(' before the arguments, found ';'
// hint A module is called with parentheses, even if nothing stands in them: 'union() { … }'.

// --- arguments without parentheses
translate [1, 2, 3] cube(1);
// error 1:11 Parser error: expected '(' before the arguments, found '['
// hint Arguments stand in parentheses: 'translate([1, 2, 3])'.

// --- a method
cube(1).translate([1, 0, 0]);
// error 1:8 Parser error: expected ';' or a child, found '.'
// hint What moves or colours a shape stands before it: 'translate([1, 0, 0]) cube(1);'.

// --- a shell's comment
# a cube
cube(1);
// error 1:5 Parser error: expected '(' before the arguments, found 'cube'
// hint A comment begins with '//', or stands between '/*' and '*/'.

// --- an include in quotes
include "parts.scad"
cube(1);
// error 1:9 Parser error: expected '(' before the arguments, found a string
// hint The file stands in angle brackets: include <file.scad>

// --- a comma for a decimal point
x = 1,5;
// error 1:6 Parser error: expected ';' after the assignment, found ','
// hint A decimal has a point, and a list stands in brackets: 1.5, [1, 5].

// --- curly quotes
echo(“hello”);
// error 1:6 Parser error: a curly quote begins nothing
// hint Strings stand in straight double quotes.
// error 1:12 Parser error: a curly quote begins nothing
// hint Strings stand in straight double quotes.

// --- one brace too many
cube(1); }
// error 1:10 Parser error: expected a statement, found '}'
// hint There is one '}' too many, or a '{' is missing before it.

// --- one brace too few
difference() {
  union() { cube(1);
}
cube(2);
// error 1:14 Parser error: expected '}' for this '{', found the end of the file

// --- a bracket too few
x = [1, 2;
y = (1 + 2;
// error 1:10 Parser error: expected ']' or ',' in the list, found ';'
// hint A bracket that was opened before it is not closed.
// error 2:11 Parser error: expected ')' after the expression, found ';'
// hint A bracket that was opened before it is not closed.

// --- numbers for a vector
translate(1, 2, 3) cube(1);
// warning 1:1 Too many unnamed arguments supplied
// hint It takes v. Several numbers that are one value stand in brackets: [x, y, z].
// warning 1:1 Unable to convert translate(1) parameter to a vec3 or vec2 of numbers

// --- a parameter that is called otherwise
cylinder(r = 1, height = 2);
module m(width, depth) cube([width, depth, 1]);
m(widht = 2, depth = 3);
m(1, 2, 3);
// warning 1:1 variable "height" not specified as parameter
// hint It takes h, r1, r2, center, r, d, d1, d2.
// warning 3:1 variable "widht" not specified as parameter
// hint Did you mean 'width'?
// warning 2:24 Unable to convert cube(size=[undef, 3, 1], ...) parameter to a number or a vec3 of numbers
// warning 4:1 Too many unnamed arguments supplied
// hint It takes width, depth. Several numbers that are one value stand in brackets: [x, y, z].

// --- texts put together by a plus
x = "a" + "b";
y = [1, 2] + 3;
// warning 1:5 undefined operation (string + string)
// hint Texts are put together by str(a, b).
// warning 2:5 undefined operation (vector + number)
// hint A number is added to each: [for (x = list) x + number].

// --- names that other languages have
print("x");
while (true) cube(1);
echo(length([1]), push([1], 2), null, True);
color(red) cube(1);
h = 10mm;
// deprecated 5:5 Variable names starting with digits ("10mm") will be removed in future releases.
// warning 5:5 Ignoring unknown variable "10mm"
// hint A name begins with a letter, and numbers have no units: a length of 1 is a millimetre to most programs.
// warning 1:1 Ignoring unknown module 'print'
// hint echo(…) prints.
// warning 2:1 Ignoring unknown module 'while'
// hint 'for' goes through a range or a list; nothing repeats until something changes.
// warning 3:6 Ignoring unknown function 'length'
// hint len(…) counts the elements of a list or the letters of a string.
// warning 3:19 Ignoring unknown function 'push'
// hint Lists do not change; concat(list, [value]) is a longer one.
// warning 3:33 Ignoring unknown variable "null"
// hint The value for none is undef.
// warning 3:39 Ignoring unknown variable "True"
// hint Truth is written true and false.
// echo: undef, undef, undef, undef
// warning 4:7 Ignoring unknown variable "red"
// hint Names of colours are strings: color("red").
