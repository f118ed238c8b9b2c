// --- missing semicolon
a = 1
b = 2;
// error 2:1 Parser error: expected ';' after the assignment, found 'b'
// hint A semicolon may be missing before it.

// --- missing parenthesis
echo((1+2);
// error 1:11 Parser error: expected ')' or ',' after the argument, found ';'
// hint A bracket that was opened before it is not closed.

// --- unknown character
a = 1 ? 2;
b = 3 @ 4;
// error 1:10 Parser error: expected ':' between the two values of '?', found ';'
// error 2:7 Parser error: expected ';' after the assignment, found a character that begins nothing
// hint A semicolon may be missing before it.

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
// hint It is written 'for (i = [0 : 9])'.
// error 2:10 Parser error: expected the function's name, found 'if'
// hint Reserved words cannot be names.

// --- missing brace
module m() {
  cube(1);
// error 1:12 Parser error: expected '}' for this '{', found the end of the file

// --- else without if
else cube(1);
// error 1:1 Parser error: expected a statement, found 'else'
// hint 'else' stands behind the child of an 'if', which a ';' may have ended.

// --- assignment without value
x =
y = 2;
// error 2:3 Parser error: expected ';' after the assignment, found '='
// hint A semicolon may be missing before it.

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

// --- what is written in other languages
x = 1;
x += 2;
x++;
x == 3;
y = 'text';
function f(a) { return a; }
for (i = 0; i < 3; i = i + 1) cube(i);
// error 2:3 Parser error: expected '(' before the arguments, found '+'
// hint A variable keeps the one value that it is given: there is no '+=' and no '++'.
// error 3:2 Parser error: expected '(' before the arguments, found '+'
// hint A variable keeps the one value that it is given: there is no '+=' and no '++'.
// error 4:3 Parser error: expected '(' before the arguments, found '=='
// hint An assignment has one '='.
// error 5:5 Parser error: a single quote begins nothing
// hint Strings stand in double quotes.
// error 5:10 Parser error: a single quote begins nothing
// hint Strings stand in double quotes.
// error 6:15 Parser error: expected '=' after the parameters of the function, found '{'
// hint A function is one expression: 'function name(parameters) = expression;'.
// error 7:11 Parser error: expected ')' or ',' after the argument, found ';'
// hint A statement counts with 'for (i = [0 : 9])'; 'for (i = 0; i < 10; i = i + 1)' stands in lists alone.

// --- words for signs
echo(true and false);
// error 1:11 Parser error: expected ')' or ',' after the argument, found 'and'
// hint '&&' is and, '||' is or, '!' is not.

// --- missing comma
a = [1 2];
b = max(1 a);
// error 1:8 Parser error: expected ']' or ',' in the list, found the number 2
// hint A comma or a closing bracket may be missing before it.
// error 2:11 Parser error: expected ')' or ',' after the argument, found 'a'
// hint A comma or a closing bracket may be missing before it.
