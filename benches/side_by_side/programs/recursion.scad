// Recursive functions: Collatz, primes, Fibonacci, Takeuchi, Ackermann, the Mandelbrot set.
function collatz(n, steps = 0) = n == 1 ? steps : collatz(n % 2 == 0 ? n / 2 : 3 * n + 1, steps + 1);
function is_prime(n, d = 2) = d * d > n ? true : n % d == 0 ? false : is_prime(n, d + 1);
function fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2);
function tak(x, y, z) = y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
function ack(m, n) = m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1));
function mandel(cx, cy, x = 0, y = 0, n = 0) =
    n == 50 || x * x + y * y > 4 ? n : mandel(cx, cy, x * x - y * y + cx, 2 * x * y + cy, n + 1);

echo(max([for (i = [1 : 5000]) collatz(i)]), len([for (i = [2 : 6000]) if (is_prime(i)) i]));
echo(fib(22), tak(12, 8, 4), ack(2, 60));
echo([for (y = [-1 : 0.05 : 1]) [for (x = [-2 : 0.05 : 1]) mandel(x, y)]][20][30]);
cube(1);
