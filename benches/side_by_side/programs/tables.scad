// Tables of names, lookup() and search(), records, a breadth-first search.
names = [for (i = [0 : 400]) str("key", i * 7 % 401)];
function get(table, name) = table[search([name], table)[0]][1];
function set(table, name, value) = [for (entry = table) entry[0] == name ? [name, value] : entry];
function fill(i, table) = i == 0 ? table : fill(i - 1, set(table, names[i % 401], i));

table = fill(400, [for (i = [0 : 400]) [names[i], i * i]]);
found = [for (name = names) get(table, name)];
curve = [for (i = [0 : 20000]) lookup(i / 100, [[0, 0], [50, 10], [100, 5], [150, 60], [200, 3]])];
records = [for (i = [0 : 5000]) ["position", [i, i + 1, i + 2], "colour", "red", "size", i % 5]];
squares = [for (record = records) if (record[5] > 2) record[1] * record[1]];

graph = [for (i = [0 : 799]) [(i * 3 + 1) % 800, (i * 5 + 2) % 800, (i + 7) % 800]];
function reached(front, seen) = len(front) == 0 ? seen
    : let (next = [for (f = front) for (n = graph[f]) if (len(search(n, seen)) == 0) n],
           once = [for (i = [0 : 1 : len(next) - 1]) if (search(next[i], next)[0] == i) next[i]])
      reached(once, concat(seen, once));
echo(found[7], curve[1234], len(squares), len(reached([0], [0])));
cube(1);
