// --- types
echo(is_num(1), is_num(0/0), is_num("1"), is_bool(true), is_string("a"), is_list([]), is_list([0:1]), is_undef(undef), is_function(function () 1));
// echo: true, false, false, true, true, true, false, true, true

// --- degrees
echo(sin(30), cos(60), tan(45), sin(180), cos(90), asin(0.5), acos(0.5), atan(1), atan2(1,-1), atan2(0,-1));
// echo: 0.5, 0.5, 1, 0, 0, 30, 60, 45, 135, 180

// --- rounding
echo(floor(-1.5), ceil(-1.5), round(-1.5), round(2.5), abs(-3), sign(-2), sign(0));
// echo: -2, -1, -2, 3, 3, -1, 0

// --- roots and logs
echo(sqrt(2), pow(2,10), exp(1), ln(exp(2)), log(1000), log(2,8), sqrt(-1), pow(0,0));
// echo: 1.41421, 1024, 2.71828, 2, 3, 3, nan, 1

// --- wrong arguments
echo(sin("a"));
echo(pow(2));
echo(abs());
echo(floor(1,2));
// warning 1:6 sin() parameter could not be converted: argument 0: expected number, found string ("a")
// echo: undef
// warning 2:6 pow() number of parameters does not match: expected 2, found 1
// echo: undef
// warning 3:6 abs() number of parameters does not match: expected 1, found 0
// echo: undef
// warning 4:6 floor() number of parameters does not match: expected 1, found 2
// echo: undef

// --- rands with seed
echo(rands(0,1,3,42), rands(5,6,2,7), rands(1,1,2), len(rands(0,1,10)));
// echo: [0.796543, 0.183435, 0.779691], [5.22734, 5.31897], [1, 1], 10

// --- version
echo(version(), version_num(), version_num([2021,1]));
// echo: [2026, 7, 20], 2.02607e+7, 2.02101e+7

// --- parent_module
module a() { echo(parent_module(0)); b(); }
module b() { echo(parent_module(0), parent_module(1), $parent_modules); echo(parent_module(5)); }
a();
// echo: "a"
// echo: "b", "a", 2
// warning 2:78 Parent module index (5) greater than the number of modules on the stack
// echo: undef

// --- objects
o = object(a=1, b=[2]);
echo(o, o.a, o["b"], o.c, len(o), has_key(o,"a"), is_object(o), [for (k=o) k]);
echo(object(o, [["a"],["d",4]]), object(o)==o);
// echo: { a = 1; b = [2]; }, 1, [2], undef, 2, true, true, ["a", "b"]
// echo: { b = [2]; d = 4; }, true

// --- methods see their object
counter = object(n=5, next=function (this, by=1) this.n + by);
echo(counter.next(), counter.next(by=10));
f = counter.next;
echo(f());
// echo: 6, 15
// echo: 6

// --- objects from wrong lists
echo(object([1]));
echo(object([["a",1,2]]));
echo(object(5));
// warning 1:6 object( Argument 0 [Element 0 <number>] ) Entry type is not a list, it is <number>. In an unnamed list, entries must be [key,value] to set or [key] to delete. The key must be <string>.
// echo: undef
// warning 2:6 object(Argument 0 [Element 0 [...]]) Entry length is 3, must be 1 [key] or 2 [key,value]. In an unnamed list, entries must be [key,value] to set or [key] to delete. The key must be <string>.
// echo: undef
// warning 3:6 object(Argument 0 <number>) An unnamed argument must be either <object> or <list>, it is <number>. 
// echo: undef

