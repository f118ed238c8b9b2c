// --- deeply nested lists cannot be printed
function nest(n, a=[]) = n==0 ? a : nest(n-1, [a]);
x = nest(20000);
echo(len(x), x == x);
echo(x);
// echo: 1, true
// error Stack exhausted while trying to convert a vector to EchoString

// --- a product too large
m = [for (i=[0:999]) [for (j=[0:999]) i]];
echo(len(m*m));
// error 2:10 the program took more evaluation steps than its limit
// hint The job's limit is called evaluationSteps.
// trace 2:6 called by 'len'
// trace 2:1 called by 'echo'

// --- a search too large
v = [for (i=[0:20000]) i];
echo(len(search(v, v)));
// error 2:10 the program took more evaluation steps than its limit
// hint The job's limit is called evaluationSteps.
// trace 2:10 called by 'search'
// trace 2:6 called by 'len'
// trace 2:1 called by 'echo'

