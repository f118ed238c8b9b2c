// A Bezier curve by de Casteljau's construction, its length, points inside a polygon.
function bezier(p, t) = len(p) == 1 ? p[0] : bezier([for (i = [0 : len(p) - 2]) p[i] * (1 - t) + p[i + 1] * t], t);
function length(p, i = 0, sum = 0) = i >= len(p) - 1 ? sum : length(p, i + 1, sum + norm(p[i] - p[i + 1]));
function inside(q, poly) =
    let (n = len(poly))
    len([for (i = [0 : n - 1]) let (a = poly[i], b = poly[(i + 1) % n])
        if ((a.y > q.y) != (b.y > q.y) && q.x < (b.x - a.x) * (q.y - a.y) / (b.y - a.y) + a.x) 1]) % 2 == 1;

control = [for (i = [0 : 7]) [i * 10, sin(i * 60) * 20, cos(i * 40) * 10]];
curve = [for (t = [0 : 0.0005 : 1]) bezier(control, t)];
star = [for (i = [0 : 59]) (20 + 5 * cos(i * 36)) * [cos(i * 6), sin(i * 6)]];
grid = [for (x = [-25 : 25]) for (y = [-25 : 25]) if (inside([x, y], star)) [x, y]];
echo(length(curve), len(grid));
cube(1);
