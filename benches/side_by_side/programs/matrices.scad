// Chains of 4 x 4 matrices, points through them, frames along a path.
function shift(v) = [[1, 0, 0, v[0]], [0, 1, 0, v[1]], [0, 0, 1, v[2]], [0, 0, 0, 1]];
function turn_z(a) = [[cos(a), -sin(a), 0, 0], [sin(a), cos(a), 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
function turn_x(a) = [[1, 0, 0, 0], [0, cos(a), -sin(a), 0], [0, sin(a), cos(a), 0], [0, 0, 0, 1]];
function chain(i, m) = i == 0 ? m : chain(i - 1, m * shift([1, 0, 0]) * turn_z(i % 7) * turn_x(i % 5));
function through(m, p) = let (q = m * [p[0], p[1], p[2], 1]) [q[0], q[1], q[2]];
function sum(list, i = 0) = i == len(list) ? 0 : list[i] + sum(list, i + 1);
function unit(v) = v / norm(v);

all = chain(6000, shift([0, 0, 0]));
points = [for (i = [0 : 6000]) through(all, [i, i / 2, 1])];
path = [for (i = [0 : 2000]) [cos(i) * i / 10, sin(i) * i / 10, i / 5]];
tangents = [for (i = [0 : len(path) - 2]) unit(path[i + 1] - path[i])];
frames = [for (i = [1 : len(tangents) - 1]) let (t = tangents[i], n = unit(cross(t, [0, 0, 1]))) [n, cross(n, t), t]];
echo(all[0][3], points[10], sum([for (f = frames) f[0] * cross(f[1], f[2])]));
cube(1);
