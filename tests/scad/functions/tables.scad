// --- search in numbers
echo(search(3, [1, 3, 2, 3]), search(3, [1, 3, 2, 3], 0), search([2, 9], [1, 2, 3]), search(1, [1, 2], 1, 1));
// echo: [1], [1, 3], [1, []], []
// --- search in rows
t = [["a", 1], ["b", 2], [3, 4], 3, "b"];
echo(search(["b"], t), search(["b"], t, 0), search([2], t, 1, 1), search([3], t, 0), search([4], t, 1, 1), search("b", [["a"], ["b"]]));
// echo: [1], [[1, 4]], [1], [[2, 3]], [2], [1]
// --- lookup
t = [[0, 1], [10, 2], "no row", [5, [1]], [20, 5]];
echo(lookup(-1, t), lookup(5, t), lookup(15, t), lookup(99, t), lookup(1, []), lookup(1, [1, 2]));
// echo: 1, 1.5, 3.5, 5, undef, undef
