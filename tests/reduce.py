#!/usr/bin/env python3
"""Shrinks a model that goes wrong to a small tree that still does.

    tests/reduce.py model.scad --open                     # the result is not a closed surface
    tests/reduce.py model.csg --panics                    # the program panics, hangs (--timeout) or is killed
    tests/reduce.py model.scad --volume-unlike openscad   # another program's STL has another volume
    tests/reduce.py model.scad --when ./check             # `./check tree.csg` ends with 0 as long as it goes wrong

A .scad is turned into its .csg first: what six digits do not show is not reduced. The smallest tree found goes to `-o`.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile

TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|[A-Za-z_$][\w$]*|[-+]?[\d.]+(?:[eE][-+]?\d+)?|.)', re.S)


class Node:
    """`name(arguments) { children }`, with the arguments as text."""

    def __init__(self, name, arguments, children):
        self.name, self.arguments, self.children = name, arguments, children

    def text(self, depth=0):
        head = "\t" * depth + f"{self.name}({self.arguments})"
        if not self.children:
            return head + ";\n"
        return head + " {\n" + "".join(child.text(depth + 1) for child in self.children) + "\t" * depth + "}\n"

    def size(self):
        return 1 + sum(child.size() for child in self.children)


def parse(text):
    tokens = [match.group(1) for match in TOKEN.finditer(text) if match.group(1).strip()]
    at = 0

    def node():
        nonlocal at
        while tokens[at] in "%#*!":
            at += 1
        name = tokens[at]
        at += 2
        depth, arguments = 1, []
        while True:
            depth += (tokens[at] in "([") - (tokens[at] in ")]")
            if depth == 0:
                break
            arguments.append(tokens[at])
            at += 1
        at += 1
        children = []
        if tokens[at] == "{":
            at += 1
            while tokens[at] != "}":
                children.append(node())
        at += 1
        return Node(name, "".join(" " + part if part == "=" else part for part in arguments), children)

    roots = []
    while at < len(tokens):
        if tokens[at] == ";":
            at += 1
        else:
            roots.append(node())
    return Node("group", "", roots)


def smaller(node):
    """Trees like this one with something less, the greatest cuts first."""
    children = node.children
    for child in sorted(children, key=Node.size):
        yield child
    half = len(children) // 2
    while half > 1:
        for start in range(0, len(children), half):
            yield Node(node.name, node.arguments, children[:start] + children[start + half:])
        half //= 2
    for at in range(len(children)):
        if len(children) > 1:
            yield Node(node.name, node.arguments, children[:at] + children[at + 1:])
    for at, child in enumerate(children):
        if child.name == "group" or (child.name == node.name and child.name in ("union", "intersection")):
            yield Node(node.name, node.arguments, children[:at] + child.children + children[at + 1:])
    for at, child in enumerate(children):
        for less in smaller(child):
            yield Node(node.name, node.arguments, children[:at] + [less] + children[at + 1:])
    for arguments in simpler(node.arguments):
        yield Node(node.name, arguments, children)


def simpler(arguments):
    """The arguments with one number rounded, or fewer segments."""
    for match in re.finditer(r"-?\d+\.\d+(?:e[-+]?\d+)?|\$fn =(\d+)", arguments):
        segments = match.group(1)
        if segments:
            less = [f"$fn ={int(segments) // 2}"] if int(segments) > 7 else []
        else:
            less = [f"{float(match.group()):.{digits}f}" for digits in range(0, 5)]
        for text in less:
            if text != match.group() and len(text) < len(match.group()):
                yield arguments[: match.start()] + text + arguments[match.end():]


class Oracle:
    def __init__(self, options, folder):
        self.options, self.folder, self.asked = options, folder, 0

    def run(self, *command):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=self.options.timeout)
            return done.returncode, done.stderr
        except subprocess.TimeoutExpired:
            return None, "timed out"

    def report(self, path):
        out = os.path.join(self.folder, "out.json")
        if os.path.exists(out):
            os.remove(out)
        self.run(self.options.maquette, "render", path, "-o", out)
        with open(out) as file:
            return json.load(file)

    def goes_wrong(self, tree):
        self.asked += 1
        path = os.path.join(self.folder, "tree.csg")
        with open(path, "w") as file:
            file.write(tree.text())
        try:
            return self.ask(path)
        except (OSError, ValueError, KeyError):
            return False

    def ask(self, path):
        options = self.options
        if options.when:
            return self.run(options.when, path)[0] == 0
        if options.panics:
            code, said = self.run(options.maquette, "render", path, "-o", os.path.join(self.folder, "out.stl"))
            return code is None or code < 0 or "panicked" in said
        figures = find(self.report(path), "manifold", "volume")
        if options.open:
            return figures["manifold"] is False
        other = os.path.join(self.folder, "other.stl")
        if os.path.exists(other):
            os.remove(other)
        self.run(options.volume_unlike, "-o", other, path)
        volume = stl_volume(other)
        return abs(volume - figures["volume"]) > options.tolerance * max(abs(volume), 1.0)


def find(report, *names):
    """The first of each of these fields, wherever in the report it stands."""
    found, left = {}, [report]
    while left:
        value = left.pop(0)
        if isinstance(value, dict):
            for name in names:
                if name in value and not isinstance(value[name], (dict, list)):
                    found.setdefault(name, value[name])
            left += value.values()
        elif isinstance(value, list):
            left += value
    return found


def stl_volume(path):
    with open(path) as file:
        numbers = [list(map(float, line.split()[1:])) for line in file if line.strip().startswith("vertex")]
    volume = 0.0
    for a, b, c in zip(*[iter(numbers)] * 3):
        volume += a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    return volume / 6


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model")
    kind = options.add_mutually_exclusive_group(required=True)
    kind.add_argument("--open", action="store_true")
    kind.add_argument("--panics", action="store_true")
    kind.add_argument("--volume-unlike", metavar="PROGRAM")
    kind.add_argument("--when", metavar="COMMAND")
    options.add_argument("--maquette", default=shutil.which("maquette") or "target/release/maquette")
    options.add_argument("--timeout", type=float, default=60)
    options.add_argument("--tolerance", type=float, default=1e-5)
    options.add_argument("-o", default="reduced.csg")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.model
        if not path.endswith(".csg"):
            path = os.path.join(folder, "model.csg")
            subprocess.run([options.maquette, "render", options.model, "-o", path], check=True)
        with open(path) as file:
            tree = parse(file.read())
        oracle = Oracle(options, folder)
        if not oracle.goes_wrong(tree):
            sys.exit("its .csg does not go wrong")
        while True:
            less = next((less for less in smaller(tree) if oracle.goes_wrong(less)), None)
            if less is None:
                break
            tree = less
            print(f"{tree.size()} nodes after {oracle.asked} tries", file=sys.stderr)
        with open(options.o, "w") as file:
            file.write(tree.text())
        print(f"{options.o}: {tree.size()} nodes, {oracle.asked} tries", file=sys.stderr)


main()
