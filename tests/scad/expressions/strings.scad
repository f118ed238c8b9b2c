// --- escapes
echo("a\tb\nc\\d\"e", "\x41", "\u00e9", "\U01F600");
// echo: "a	b\nc\d"e", "A", "é", "😀"

// --- unknown escape
echo("a\qb");
// warning 1:8 Undefined escape sequence
// echo: "aqb"

// --- index by character
s = "aé😀z";
echo(len(s), s[0], s[1], s[2], s[3], s[4], s[-1], s[1.7]);
// echo: 4, "a", "é", "😀", "z", undef, undef, "é"

// --- str and chr and ord
echo(str(1, "a", [1,"b"], undef, true), chr(65), chr([72,105]), chr([97:100]), ord("A"), ord(""), chr(-1), chr(0));
// echo: "1a[1, "b"]undeftrue", "A", "Hi", "abcd", 65, undef, "", ""

// --- strings compare by code
echo("abc" < "abd", "a" < "B", "" < "a", "é" > "z");
// echo: true, false, true, true

// --- quotes inside lists
echo(["a", ["b"]], str(["a"]));
// echo: ["a", ["b"]], "["a"]"

// --- each over a string
echo([for (c = "héy") c], [each "ab"]);
// echo: ["h", "é", "y"], ["a", "b"]

// --- search in strings
echo(search("a", "banana"), search("a", "banana", 0), search("an", "banana", 2), search("x", "banana"));
// echo: [1], [[1, 3, 5]], [[1, 3], [2, 4]], []

// --- a string may go on in the next line, with or without a backslash
echo("A \
continued string");
echo("a
b", len("

"));
// echo: "A continued string"
// echo: "ab", 0
