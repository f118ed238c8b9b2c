// --- let is sequential
echo(let (a=1, b=a+1, a2=b*2) [a,b,a2]);
// echo: [1, 2, 4]

// --- let ignores duplicates
echo(let (a=1, a=2) a);
// warning 1:6 Ignoring duplicate variable assignment "a" = 2
// echo: 1

// --- let without a name
echo(let (5) 1);
// warning 1:6 Assignment without variable name 5
// echo: 1

// --- let hides outer names
a = 1;
echo(let (a=2) a, a);
// echo: 2, 1

// --- echo as expression
x = echo("side", 1) 5;
echo(x);
y = echo("nothing");
echo(y);
// echo: "side", 1
// echo: "nothing"
// echo: 5
// echo: undef

// --- echo with names
a = 3;
echo(a=a, "b", c=[1,"x"]);
// echo: a = 3, "b", c = [1, "x"]

// --- assert holds
assert(true);
assert(1==1, "fine");
echo(assert(true) 5);
// echo: 5

// --- assert fails
a = 3;
assert(a > 5);
echo("never");
// error 2:1 Assertion '(a > 5)' failed
// trace 2:1 called by 'assert'

// --- assert with message
assert(false, str("value ", 4));
// error 1:1 Assertion 'false' failed: "value 4"
// trace 1:1 called by 'assert'

// --- assert with named arguments
assert(message="told", condition=1 > 2);
// error 1:1 Assertion '(1 > 2)' failed: "told"
// trace 1:1 called by 'assert'

// --- assert in a function has a trace
function check(x) = assert(x > 0, "must be positive") x;
function outer(x) = check(x) + 1;
echo(outer(-1));
// error 1:21 Assertion '(x > 0)' failed: "must be positive"
// trace 2:21 called by 'check'
// trace 3:6 called by 'outer'
// trace 3:1 called by 'echo'

// --- is_undef of unknown names is quiet
echo(is_undef(nothing), is_undef(undef), is_undef(1));
// echo: true, true, false

