// --- missing semicolon
a = 1
b = 2;
// error 2:1 Parser error: expected ';' after the assignment, found 'b'
// hint A semicolon may be missing at the end of the line before.

// --- missing parenthesis
echo((1+2);
// error 1:11 Parser error: expected ')' or ',' after the argument, found ';'

// --- unknown character
a = 1 ? 2;
b = 3 @ 4;
// error 1:10 Parser error: expected ':' between the two values of '?', found ';'
// error 2:7 Parser error: expected ';' after the assignment, found a character that begins nothing
// hint A semicolon may be missing at the end of the line before.

// --- unterminated string
a = "abc;
// error 1:5 Parser error: Unterminated string
// hint Close the string with a double quote.

// --- unterminated comment
a = 1; /* never closed
// error 1:8 Parser error: Unterminated comment
// hint Close the comment with */.

// --- several errors are told
a = ;
b = 2;
module { }
c = );
// error 1:5 Parser error: expected an expression, found ';'
// error 3:8 Parser error: expected the module's name, found '{'
// error 4:5 Parser error: expected an expression, found ')'

// --- reserved words are no names
for = 3;
function if() = 1;
// error 1:5 Parser error: expected '(' before the arguments, found '='
// error 2:10 Parser error: expected the function's name, found 'if'
// hint Reserved words cannot be names.

// --- missing brace
module m() {
  cube(1);
// error 3:1 Parser error: expected '}' at the end of the block, found the end of the file

// --- else without if
else cube(1);
// error 1:1 Parser error: expected a statement, found 'else'

// --- assignment without value
x =
y = 2;
// error 2:3 Parser error: expected ';' after the assignment, found '='
// hint A semicolon may be missing at the end of the line before.

// --- let in an operand
x = 1 + let (a=1) a;
// error 1:9 Parser error: expected an expression, found 'let'

// --- statement in an expression
x = [for (i=[0:2]) { i }];
// error 1:20 Parser error: expected an expression, found '{'
// error 1:25 Parser error: expected a statement, found ']'

// --- commas too many are left out, as in OpenSCAD 2021.01
function f(a, , b = 2) = [a, b];
module m(a,, b) echo(a = a, b = b);
echo(f(1,, b = 3), [1,, 2]);
m(1, 2);
// warning 1:15 Ignoring a comma too many
// warning 2:12 Ignoring a comma too many
// warning 3:10 Ignoring a comma too many
// warning 3:23 Ignoring a comma too many
// echo: [1, 3], [1, 2]
// echo: a = 1, b = 2
