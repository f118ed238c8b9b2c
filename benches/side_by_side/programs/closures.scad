// Function literals: map, filter, fold, composition, currying, Church numerals.
map = function (f, list) [for (x = list) f(x)];
filter = function (f, list) [for (x = list) if (f(x)) x];
fold = function (f, start, list)
    let (go = function (k, acc) k == len(list) ? acc : go(k + 1, f(acc, list[k]))) go(0, start);
compose = function (f, g) function (x) f(g(x));
add = function (a) function (b) a + b;

doubled = map(compose(add(3), function (x) x * 2), [for (i = [0 : 60000]) i]);
sum = fold(function (acc, x) acc + x, 0, filter(function (x) x % 3 == 0, doubled));

zero = function (f) function (x) x;
next = function (n) function (f) function (x) f(n(f)(x));
numeral = function (k) k == 0 ? zero : next(numeral(k - 1));
n = numeral(200);
echo(sum, n(function (x) x + 1)(0), [for (i = [0 : 100]) n(function (x) x + i)(0)][5]);
cube(1);
