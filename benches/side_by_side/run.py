#!/usr/bin/env python3
"""CPU seconds of whole commands: maquette beside OpenSCAD and the C++ evaluator of PyPI, in turn, on the same programs.

    benches/side_by_side/run.py BINARY [-o csg|stl|svg] [--rounds 3] [PROGRAM...]

Without programs: those of `programs/`, as `.csg`, which is evaluation alone. Prints user and system CPU of each process, the smallest of the rounds, and
how many times that of maquette it is. `openscad` is taken from the path, or from OPENSCAD; `openscad-cpp-evaluator`, if this Python has it, runs
in a process of its own of which the start is not counted. OPENSCADPATH must name the folders with BOSL2 and NopSCADlib; programs whose
libraries are not there are left out by whoever cannot find them, with "-". Figures of different commands stand for the same work only where all made it.
"""
import argparse
import importlib.util
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
EVALUATE = """
import resource, sys
import openscad_cpp_evaluator as cpp
evaluator = cpp.Evaluator()
spent = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
before = spent()
evaluator.evaluate(sys.argv[1], {}, generate=sys.argv[2] != "csg")
print(spent() - before)
"""


def spent():
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def run(command):
    before = spent()
    done = subprocess.run(command, capture_output=True, text=True)
    return done, spent() - before


def maquette(binary):
    def measure(program, kind, scratch):
        done, seconds = run([binary, "render", program, "-q", "-o", f"{scratch}/maquette.{kind}"])
        return None if done.returncode else seconds

    return measure


def openscad(binary):
    def measure(program, kind, scratch):
        # OpenSCAD ends well with the library missing: it says so in its warnings
        done, seconds = run([binary, program, "-o", f"{scratch}/openscad.{kind}"])
        return None if done.returncode or "Can't open" in done.stderr else seconds

    return measure


def cpp_evaluator(program, kind, _scratch):
    done, _ = run([sys.executable, "-c", EVALUATE, program, kind])
    return None if done.returncode else float(done.stdout.split()[-1])


def contenders(binary):
    found = {"maquette": maquette(binary)}
    peer = os.environ.get("OPENSCAD") or shutil.which("openscad")
    if peer:
        found["OpenSCAD"] = openscad(peer)
    if importlib.util.find_spec("openscad_cpp_evaluator"):
        found["cpp-evaluator"] = cpp_evaluator
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("-o", dest="kind", default="csg")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("programs", nargs="*")
    options = options.parse_args()
    programs = options.programs or sorted(map(str, (here / "programs").glob("*.scad")))
    measures = contenders(options.binary)
    print("| program | " + " | ".join(measures) + " |" + "".join(f" {name} / maquette |" for name in list(measures)[1:]))
    print("| --- |" + " --- |" * (2 * len(measures) - 1))
    with tempfile.TemporaryDirectory() as scratch:
        for program in programs:
            rounds = [{name: measure(program, options.kind, scratch) for name, measure in measures.items()}
                      for _ in range(options.rounds)]
            best = {name: min((one[name] for one in rounds if one[name] is not None), default=None) for name in measures}
            cells = [f"{seconds:.3f}" if seconds is not None else "-" for seconds in best.values()]
            own = best["maquette"]
            ratios = [f"{seconds / own:.1f}" if seconds and own else "-" for seconds in list(best.values())[1:]]
            print(f"| {pathlib.Path(program).stem} | " + " | ".join(cells + ratios) + " |", flush=True)


main()
