// Lists of points: made, moved, turned, put together, measured.
function ring(r, n, z) = [for (i = [0 : n - 1]) [r * cos(360 * i / n), r * sin(360 * i / n), z]];
function move(v, points) = [for (p = points) p + v];
function turn(a, points) = [for (p = points) [p.x * cos(a) - p.y * sin(a), p.x * sin(a) + p.y * cos(a), p.z]];
function flat(lists) = [for (list = lists) each list];

layers = [for (k = [0 : 199]) turn(k * 2, move([k / 10, 0, k], ring(10 + k / 50, 200, 0)))];
all = flat(layers);
sum = [for (i = 0, acc = [0, 0, 0]; i < len(all); acc = acc + all[i], i = i + 1) if (i == len(all) - 1) acc];
echo(len(all), sum, max([for (p = all) norm(p)]));
cube(1);
