// --- small functions are written out, with what they say
function is_def(x) = !is_undef(x);
function default(v, d) = is_undef(v) ? d : v;
function last(list) = list[len(list) - 1];
function finite(x) = is_num(x) && !nan(0 * x);
function nan(x) = x != x;
function twice(x) = default(x, 3) + default(undef, x);
echo(is_def(1), is_def(undef), default(undef, 2), default(d=4), last([1, 2, 3]), last("abc"), finite(1), finite(1/0), finite("a"));
echo(twice(5), [for (i = [0:2]) default(i == 1 ? undef : i, last([7, 8 + i]))]);
echo(is_def(nowhere), default(nowhere, 1));
// echo: true, false, 2, 4, 3, "c", true, false, false
// echo: 10, [0, 9, 2]
// warning 9:13 Ignoring unknown variable "nowhere"
// warning 9:31 Ignoring unknown variable "nowhere"
// echo: false, 1

// --- arguments of small functions keep off each other
function sum(a, b) = a + b;
function mix(a, b) = a * 10 + b;
echo(mix(sum(1, 2), sum(3, 4)), mix(mix(sum(1, 1) + 1, sum(2, 2) + 1), mix(sum(3, 3) + 1, sum(4, 4) + 1)));
function deep(a) = let (b = sum(a, 1)) mix(let (c = sum(b, a)) c * c, let (c = sum(b, b)) c);
echo(deep(1), deep(2));
// echo: 37, 429
// echo: 94, 256

// --- small functions are named in traces
function checked(x) = assert(x > 0) x;
function default(v, d) = is_undef(v) ? d : v;
function outer(x) = default(checked(x), 1);
function inner(x) = default(checked(x), 1) + 1;
echo(outer(1), inner(1));
echo(inner(-1));
// echo: 1, 2
// error 1:23 Assertion '(x > 0)' failed
// trace 4:29 called by 'checked'
// trace 4:21 called by 'default'
// trace 6:6 called by 'inner'
// trace 6:1 called by 'echo'

// --- in tail position they are not
function checked(x) = assert(x > 0) x;
function default(v, d) = is_undef(v) ? d : v;
function outer(x) = default(checked(x), 1);
function asked(x) = is_undef(checked(x));
echo(outer(1), asked(1));
echo([asked(2), outer(-1)]);
// echo: 1, false
// error 1:23 Assertion '(x > 0)' failed
// trace 3:29 called by 'checked'
// trace 6:17 called by 'outer'
// trace 6:1 called by 'echo'

// --- lists that nobody else has grow where they lie
function add(a, x) = concat(a, [x]);
function twice(a) = let (b = concat(a, [9])) [a, b, concat(b, [1]), concat(b, [2])];
function grow(n, out = []) = n == 0 ? out : grow(n - 1, concat(out, [n]));
function keep(n, out = [], all = []) = n == 0 ? all : keep(n - 1, concat(out, [n]), concat(all, [out]));
function spread(n, out = []) = n == 0 ? out : spread(n - 1, [each out, n, each out]);
function text(n, out = []) = n == 0 ? out : text(n - 1, concat(out, n % 2 == 0 ? [n] : [str(n), [n, "x"]]));
a = [1, 2, 3, 4, 5];
echo(add(a, 6), a, twice(a), a);
echo(grow(6), keep(4), spread(3), text(4));
echo([for (i = 0, acc = [0]; i < 4; i = i + 1, acc = concat(acc, [i])) acc]);
echo([for (i = 0, acc = [5, 6, 7, 8, 9]; i < 3; acc = concat(acc, [i]), i = i + 1) len(acc)]);
// echo: [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5], [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 9], [1, 2, 3, 4, 5, 9, 1], [1, 2, 3, 4, 5, 9, 2]], [1, 2, 3, 4, 5]
// echo: [6, 5, 4, 3, 2, 1], [[], [4], [4, 3], [4, 3, 2]], [3, 2, 3, 1, 3, 2, 3], [4, "3", [3, "x"], 2, "1", [1, "x"]]
// echo: [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]
// echo: [5, 6, 7]

// --- last reads
function scaled(v) = let (w = v * 2, u = w) [w + [1, 1, 1], u, w];
function path(p) = [for (i = [0:2]) let (q = p * i) [q, concat(q, [i]), q]];
function pick(v, i) = i == 0 ? v : i == 1 ? concat(v, v) : [v, v];
function later(v) = let (f = function (x) concat(v, [x])) [f(1), f(2), v];
function branch(v) = (len(v) > 1 && concat(v, [1]) == [1, 2, 1]) || v == [1, 2] ? concat(v, [3]) : v;
v = [1, 2, 3];
echo(scaled(v), v, path(v), v);
echo([for (i = [0:2]) pick([1], i)], later([0]), branch([1, 2]), branch([4]));
// echo: [[3, 5, 7], [2, 4, 6], [2, 4, 6]], [1, 2, 3], [[[0, 0, 0], [0, 0, 0, 0], [0, 0, 0]], [[1, 2, 3], [1, 2, 3, 1], [1, 2, 3]], [[2, 4, 6], [2, 4, 6, 2], [2, 4, 6]]], [1, 2, 3]
// echo: [[1], [1, 1], [[1], [1]]], [[0, 1], [0, 2], [0]], [1, 2, 3], [4]

// --- questions
function shape(x) = is_undef(x) ? "undef" : is_list(x) ? "list" : is_num(x) ? "number" : is_string(x) ? "string" : is_bool(x) ? "bool" : is_function(x) ? "function" : "other";
function or_two(a, b) = is_undef(a) || b;
function and_two(a, b) = is_undef(a) && b;
echo([for (x = [undef, [], 1, "a", true, function () 1, [0:1], 0/0]) shape(x)]);
echo(or_two(undef, 0), or_two(1, 5), and_two(undef, 5), and_two(1, nowhere));
echo(is_num(1, 2), is_list());
// echo: ["undef", "list", "number", "string", "bool", "function", "other", "other"]
// warning 5:68 Ignoring unknown variable "nowhere"
// echo: true, true, true, false
// warning 6:6 is_num() number of parameters does not match: expected 1, found 2
// warning 6:20 is_list() number of parameters does not match: expected 1, found 0
// echo: undef, undef
