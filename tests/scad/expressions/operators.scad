// --- precedence of arithmetic
echo(1+2*3, (1+2)*3, 2*3^2, -2^2, 2^-1, 10%4, -10%4, 7/2);
// echo: 7, 9, 18, -4, 0.5, 2, -2, 3.5

// --- power is right associative
echo(2^3^2, (2^3)^2);
// echo: 512, 64

// --- comparison
echo(1<2, 2<=2, 3>4, "a"<"b", true<false, [1,2]<[1,3], [1,2]==[1,2], [1]!=[1]);
// echo: true, true, false, true, false, true, true, false

// --- equality across types
echo(1=="1", undef==undef, undef==0, true==1, []==[], [undef]==[undef]);
// echo: false, true, false, false, true, true

// --- logic gives bools
echo(1 && "a", 0 || "", !0, ![], !"x", [] || [0]);
// echo: true, false, true, true, false, true

// --- logic stops early
function shout(x) = echo(x) x;
x = false && shout(1);
y = true || shout(2);
echo(x, y);
// echo: false, true

// --- ternary chain
function sign(x) = x < 0 ? "neg" : x > 0 ? "pos" : "zero";
echo(sign(-2), sign(0), sign(5));
// echo: "neg", "zero", "pos"

// --- unary operators stack
echo(- -3, !!5, -(-(2)), +4, ~0, ~5);
// echo: 3, true, 2, 4, -1, -6

// --- bit operators
echo(6 & 3, 6 | 3, 1 << 4, 256 >> 4, 5 & 3 | 8, ~0 & 255);
// echo: 2, 7, 16, 16, 9, 255

// --- shift out of range
echo(1 << -1);
echo(1 << 64);
// warning 1:6 negative shift
// echo: undef
// warning 2:6 shift too large
// echo: undef

// --- hex and exponents
echo(0xff, 0x10, 1e3, 1.5e-3, .5, 5.);
// echo: 255, 16, 1000, 0.0015, 0.5, 5

// --- vector arithmetic
echo([1,2]+[3,4], [1,2]-[3,4], [1,2]*2, 2*[1,2], [2,4]/2, 8/[2,4], -[1,-2]);
// echo: [4, 6], [-2, -2], [2, 4], [2, 4], [1, 2], [4, 2], [-1, 2]

// --- vectors of different length
echo([1,2,3]+[1,1], [5]-[1,2]);
// echo: [2, 3], [4]

// --- dot product and matrices
m = [[1,2],[3,4]];
echo([1,2]*[3,4], m*[1,1], [1,1]*m, m*m);
// echo: 11, [3, 7], [4, 6], [[7, 10], [15, 22]]

// --- matrix of wrong size
echo([[1,2],[3,4]]*[1,2,3]);
echo([1,2]*[1,2,3]);
echo([[1],[2,3]]*[1]);
// warning 1:6 matrix*vector requires matrix column count to match vector length (2 != 3)
// echo: undef
// warning 2:6 vector*vector requires matching lengths (2 != 3)
// echo: undef
// warning 3:6 Matrix must be rectangular. Problem at row 1
// echo: undef

// --- nested vector arithmetic
echo([[1,2],[3,4]]+[[1,1],[1,1]], [[1,2],3]*2, ["a",1]+[1,1]);
// echo: [[2, 3], [4, 5]], [[2, 4], 6], [undef, 2]

// --- undefined operations warn
echo(1+"a");
echo([1]+1);
echo(undef*2);
echo("a"-"b");
echo(-"x");
echo(undef<1);
echo([1]%2);
// warning 1:6 undefined operation (number + string)
// hint Texts are put together by str(a, b).
// echo: undef
// warning 2:6 undefined operation (vector + number)
// hint A number is added to each: [for (x = list) x + number].
// echo: undef
// warning 3:6 undefined operation (undefined * number)
// echo: undef
// warning 4:6 undefined operation (string - string)
// echo: undef
// warning 5:6 undefined operation (-string)
// echo: undef
// warning 6:6 undefined operation (undefined < number)
// echo: undef
// warning 7:6 undefined operation (vector % number)
// echo: undef

// --- modulo of negative and fractional
echo(5.5 % 2, -5.5 % 2, 5 % -3, 1 % 0);
// echo: 1.5, -1.5, 2, nan

// --- division by zero
echo(1/0, -1/0, 0/0, (0/0)==(0/0));
// echo: inf, -inf, nan, false

// --- implicit unset
a = b;
echo(a);
// warning 1:5 Ignoring unknown variable "b"
// hint Did you mean 'a'?
// echo: undef

