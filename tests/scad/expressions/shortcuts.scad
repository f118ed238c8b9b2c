// --- numbers at first, then lists, in one and the same place
function twice(a, b) = a + b;
echo(twice(1, 2), twice([1, 2], [3, 4]), twice(5, 6), twice([1], [[2]]));
// echo: 3, [4, 6], 11, [undef]
// --- a list in a variable stays as it is
a = [1, 2, 3];
b = a * 2 + a;
c = (a + [1, 1, 1]) / 2 - a;
echo(a, b, c, 3 * (a * 2), a);
// echo: [1, 2, 3], [3, 6, 9], [0, -0.5, -1], [6, 12, 18], [1, 2, 3]
// --- what is made on the way may be as long as it likes
p = [1, 2, 3, 4, 5];
echo(p * 2 + [1, 2], [1, 2] + p * 2, -(p + p) * 0.5, (p + p) / 2 == p);
// echo: [3, 6], [3, 6], [-1, -2, -3, -4, -5], true
// --- remainders
echo(7 % 3, -7 % 3, 7 % -3, 7.5 % 2, 0 % 5, 5 % 0, 4294967295 % 2, 4294967296 % 7, 3 % 0.5);
// echo: 1, -1, 1, 1.5, 0, nan, 1, 4, 0
// --- members and elements of variables
v = [1, [2, 3], "s"];
echo(v.x, v.y, v.z, v.y.x + v.x, v[1][1] * 2, v[-1], v[3], v[1.9], v.w);
// echo: 1, [2, 3], "s", 3, 6, undef, undef, [2, 3], undef
// --- lengths and kinds in comparisons
function f(x) = len(x) == 3 ? "three" : is_num(x) && x > 2 ? "big" : "other";
echo([for (x = [[1, 2, 3], [1], "abc", 0, 3]) is_list(x) || is_string(x) || is_num(x) ? (is_num(x) ? x : f(x)) : 0]);
// echo: ["three", "other", "three", 0, 3]
// --- equality in place
u = [[1, 2], ["a", 3]];
echo(u[0] == [1, 2], u[1] != ["a", 3], u[0] == u[1], undef == u[5], u == [[1, 2], ["a", 3]]);
// echo: true, false, false, true, true
// --- special variables as numbers
$k = 3;
function g() = $k + 1 > 3 ? $k * 2 : 0;
echo(g(), g($k = 1), g($k = [1]), $k);
// warning 2:16 undefined operation (vector + number)
// hint A number is added to each: [for (x = list) x + number].
// warning 2:16 undefined operation (undefined > number)
// echo: 6, 0, 0, 3
// --- the message of an assertion that fails
function h(x) = assert(x > 0, str("not ", x)) x;
echo(h(1));
echo(h(-1));
// echo: 1
// error 1:17 Assertion '(x > 0)' failed: "not -1"
// trace 3:6 called by 'h'
// trace 3:1 called by 'echo'
