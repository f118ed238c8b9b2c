// --- six digits
echo(1/3, 2/3, 100000, 1000000, 1234567, 123456.7, 0.1+0.2);
// echo: 0.333333, 0.666667, 100000, 1e+6, 1.23457e+6, 123457, 0.3

// --- small numbers
echo(0.0001, 0.00001, 0.000001, 1.5e-7, -0.00000123456789);
// echo: 0.0001, 0.00001, 1e-6, 1.5e-7, -1.23457e-6

// --- large numbers
echo(1e5, 1e6, 1e20, 1e100, 123456789012);
// echo: 100000, 1e+6, 1e+20, 1e+100, 1.23457e+11

// --- zero has no sign
echo(0, -0, 0*-1);
// echo: 0, 0, 0

// --- ties round up
echo(10000.25, 10000.75, 0.5, 2.5);
// echo: 10000.3, 10000.8, 0.5, 2.5

// --- infinite and not a number
echo(1/0, -1/0, 0/0, [1/0]);
// echo: inf, -inf, nan, [inf]

// --- whole numbers beyond 2^53 are told
x = 9007199254740993;
echo(x);
// warning 1:5 Integer "9007199254740993" cannot be represented precisely
// echo: 9.0072e+15

// --- names that begin with digits
3d = 4;
echo(3d);
// deprecated 1:1 Variable names starting with digits ("3d") will be removed in future releases.
// deprecated 2:6 Variable names starting with digits ("3d") will be removed in future releases.
// echo: 4

