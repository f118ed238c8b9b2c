// --- a function that calls itself in tail position
function sum(n, acc = 0) = n == 0 ? acc : sum(n - 1, acc + n);
function count(n, list = []) = n == 0 ? list : let (m = n * 2) count(n - 1, concat(list, [m]));
function depth(n) = n == 0 ? $d : let ($d = n) depth(n - 1);
function def(n, k = 3) = n == 0 ? k : def(n - 1);
function swap(a, b, n) = n == 0 ? [a, b] : swap(b, a, n - 1);
function even(n) = n == 0 ? true : odd(n - 1);
function odd(n) = n == 0 ? false : even(n - 1);
function fail(n) = n == 0 ? assert(false, "end") 0 : fail(n - 1);
function run(n) = fail(n) + 1;
$d = 7;
echo(sum(100000), count(5), depth(1000), $d, def(4, 9), swap(1, 2, 3), even(1001));
echo(run(3));
// echo: 5.00005e+9, [10, 8, 6, 4, 2], 1, 7, 3, [2, 1], false
// error 8:29 Assertion 'false' failed: "end"
// trace 8:54 called by 'fail'
// trace 12:6 called by 'run'
// trace 12:1 called by 'echo'

// --- for ever
function forever(n) = forever(n + 1);
function outer(n) = forever(n);
echo(outer(1));
// error 1:23 Recursion detected calling function 'forever'
// trace 1:23 called by 'forever'
// trace 3:1 called by 'echo'

// --- an argument of such a call fails
function bad(n, v) = n == 0 ? v : bad(n - 1, assert(n > 2) v);
echo(bad(4, 1));
// error 1:46 Assertion '(n > 2)' failed
// trace 1:35 called by 'bad'
// trace 2:1 called by 'echo'

// --- function literals, functions of modules, arguments beyond the parameters
f = function (n, acc = []) n == 0 ? acc : f(n - 1, concat(acc, [n]));
module m(n) { function g(k, out = 0) = k == 0 ? out + n : g(k - 1, out + k); echo(g(5)); if (n > 0) m(n - 1); }
function h(n, s = "") = n == 0 ? s : h(n - 1, str(s, n), extra = 3);
echo(f(4), h(3));
m(2);
// warning 3:38 variable "extra" not specified as parameter
// hint It takes n, s.
// warning 3:38 variable "extra" not specified as parameter
// hint It takes n, s.
// warning 3:38 variable "extra" not specified as parameter
// hint It takes n, s.
// echo: [4, 3, 2, 1], "321"
// echo: 17
// echo: 16
// echo: 15

// --- strings that nobody else has grow where they lie
function rep(s, n, out = "") = n == 0 ? out : rep(s, n - 1, str(out, s));
function keep(n, s = "", all = []) = n == 0 ? [s, all] : keep(n - 1, str(s, n), concat(all, [s]));
function twice(s) = let (t = str(s, "!")) [s, t, str(t, 1), str(t, [s, "é"]), len(str(t, "é"))];
echo(rep("ab", 4), rep("é", 3)[2], keep(4), twice("ü"), twice("u"));
function at(n, s = "é") = n == 0 ? s[len(s) - 1] : at(n - 1, str(s, s[0], "x"));
echo(at(3), str(), str("a"), str(1, "a"));
// echo: "abababab", "é", ["4321", ["", "4", "43", "432"]], ["ü", "ü!", "ü!1", "ü!["ü", "é"]", 3], ["u", "u!", "u!1", "u!["u", "é"]", 3]
// echo: "x", "", "a", "1a"
