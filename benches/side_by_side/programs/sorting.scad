// Quicksort by comprehensions: of numbers, and of records by their first field.
function sort(a) = len(a) <= 1 ? a
    : let (pivot = a[floor(len(a) / 2)])
      concat(sort([for (x = a) if (x < pivot) x]), [for (x = a) if (x == pivot) x], sort([for (x = a) if (x > pivot) x]));
function sort_records(a) = len(a) <= 1 ? a
    : let (pivot = a[floor(len(a) / 2)][0])
      concat(sort_records([for (x = a) if (x[0] < pivot) x]), [for (x = a) if (x[0] == pivot) x],
             sort_records([for (x = a) if (x[0] > pivot) x]));

numbers = sort(rands(0, 1000, 40000, 42));
records = sort_records([for (i = [0 : 3000]) [rands(0, 1, 1, i)[0], str("n", i)]]);
echo(numbers[0] < numbers[1], len(numbers), len(records));
cube(1);
