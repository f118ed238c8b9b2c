// --- index
v = [10,20,[30,40]];
echo(v[0], v[2][1], v[3], v[-1], v["a"], v[0.9], v.x, v.y, v.z);
// echo: 10, 40, undef, undef, undef, 10, 10, 20, [30, 40]

// --- member of a vector
v = [1,2,3,4];
echo(v.x, v.zyx, v.rgba, v.w, v.xq);
// echo: 1, [3, 2, 1], [1, 2, 3, 4], 4, undef

// --- concat
echo(concat([1],[2,[3]]), concat(1,"a",[]), concat([],[[]]), concat("abc",[1]));
// echo: [1, 2, [3]], [1, "a"], [[]], ["abc", 1]

// --- len
echo(len([]), len([1,[2,3]]), len("héllo"));
echo(len(5));
echo(len());
// echo: 0, 2, 5
// warning 2:6 len() parameter could not be converted: argument 0: expected string, found number (5)
// echo: undef
// warning 3:6 len() number of parameters does not match: expected 1, found 0
// echo: undef

// --- trailing comma
echo([1,2,], len([[],]));
// echo: [1, 2], 1

// --- min max norm cross
echo(min(3,1,2), max([3,1,2]), norm([3,4]), cross([1,0,0],[0,1,0]), cross([1,2],[3,4]));
// echo: 1, 3, 5, [0, 0, 1], -2

// --- min of nothing
echo(min());
echo(max([]));
echo(min(1,"a"));
echo(max([1,undef]));
// warning 1:6 min() number of parameters does not match: expected at least 1, found 0
// echo: undef
// warning 2:6 max() number of parameters does not match: expected at least 1 vector element, found 0
// echo: undef
// warning 3:6 min() parameter could not be converted: argument 1: expected number, found string ("a")
// echo: undef
// warning 4:6 max() parameter could not be converted: vector element 1: expected number, found undefined (undef)
// echo: undef

// --- cross of wrong things
echo(cross([1,2],[1,2,3]));
echo(cross([1,2,"a"],[1,2,3]));
echo(cross([0/0,2,3],[1,2,3]));
// warning 1:6 Invalid vector size of parameter for cross()
// echo: undef
// warning 2:6 Invalid value in parameter vector for cross()
// echo: undef
// warning 3:6 Invalid value (NaN) in parameter vector for cross()
// echo: undef

// --- lookup interpolates
t = [[0,0],[10,100],[20,0]];
echo(lookup(5,t), lookup(-5,t), lookup(25,t), lookup(10,t), lookup(15,t));
// echo: 50, 0, 0, 100, 50

// --- search in tables
t = [["a",1],["b",2],["a",3]];
echo(search("a",t), search("a",t,0), search("ab",t), search(3,t,1,1), search([1,2],[3,1,2]), search(["zz"],t));
// echo: [0], [[0, 2]], [0, 1], [2], [1, 2], [[]]

// --- deep equality
echo([[1,[2]],"a"] == [[1,[2]],"a"], [1,2] == [1,2,3]);
// echo: true, false

// --- lists compare lexicographically
echo([1,2]<[1,3], [1]<[1,0], [2]<[1,9], [1,"a"]<[1,"b"]);
echo([1,"a"]<[1,2]);
// echo: true, true, false, true
// warning 2:6 undefined operation (string < number)\n	in vector comparison at index 1
// echo: undef

