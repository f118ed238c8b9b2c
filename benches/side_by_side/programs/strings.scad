// Joining, splitting, upper case, reversing, a cipher, counting letters.
function join(list, between = "", i = 0) =
    i >= len(list) ? "" : str(list[i], i < len(list) - 1 ? between : "", join(list, between, i + 1));
function upper(s) = chr([for (c = s) let (o = ord(c)) o >= 97 && o <= 122 ? o - 32 : o]);
function reverse(s, i = 0) = i == len(s) ? "" : str(reverse(s, i + 1), s[i]);
function split(s, at, i = 0, word = "", out = []) =
    i == len(s) ? concat(out, [word])
    : s[i] == at ? split(s, at, i + 1, "", concat(out, [word])) : split(s, at, i + 1, str(word, s[i]), out);

words = [for (i = [0 : 1500]) str("word", i, i % 2 == 0 ? "even" : "odd")];
text = join(words, ",");
reversed = [for (word = words) reverse(word)];
cipher = [for (word = words) chr([for (c = word) ord(c) + 3])];
counts = [for (letter = "abcdefghijklmnopqrstuvwxyz") len([for (x = text) if (x == letter) 1])];
echo(len(text), len(upper(text)), len(split(text, ",")), reversed[7], cipher[8], counts);
cube(1);
