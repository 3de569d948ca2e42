"""Claimed by teaching texts: safe Rust prevents races.

The program gives two pieces of safe Rust to rustc. In data_race.rs two threads change one variable; it is expected not to
compile, with the error E0499. In lost_update.rs each access is under a lock, and the update between them is lost all the
same; it is expected to compile, and is run. Both threads of it meet between the read and the write, so that the loss does
not depend on chance.
"""
import json
import re
import subprocess
import sys

EXPECTED_ERROR = "E0499"


def compile_rust(rustc, name):
    """Returns whether it compiled, and the codes of the errors."""
    command = [rustc, "--edition", "2021", "-o", name, f"{name}.rs"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    errors = sorted(set(re.findall(r"^error\[(E\d+)\]", done.stderr, re.MULTILINE)))
    if done.returncode != 0 and not errors:
        sys.exit(f"found no error of the language in what rustc printed, expected one:\n{done.stderr}")
    return done.returncode == 0, errors


def main():
    if len(sys.argv) != 2:
        print(f"found {len(sys.argv) - 1} arguments, expected the path of rustc", file=sys.stderr)
        sys.exit(2)
    rustc = sys.argv[1]
    race_compiles, race_errors = compile_rust(rustc, "data_race")
    lost_compiles, lost_errors = compile_rust(rustc, "lost_update")
    figures = {
        "data_race_compiles_yes_or_no": int(race_compiles),
        "lost_update_compiles_yes_or_no": int(lost_compiles),
    }
    evidence = [f"rustc refused two threads that change one variable: {', '.join(race_errors)}."] if race_errors else []
    complaint = "" if EXPECTED_ERROR in race_errors else f"data_race.rs did not give the error {EXPECTED_ERROR}"
    if lost_compiles:
        printed = subprocess.run(["./lost_update"], stdout=subprocess.PIPE, text=True, check=True).stdout
        expected, found = map(int, printed.split())
        figures["updates_lost"] = expected - found
        evidence.append(f"Two threads with a Mutex made {expected} additions; {found} are in the counter.")
    else:
        complaint = f"lost_update.rs did not compile: {', '.join(lost_errors)}"
    print(json.dumps({"figures": figures, "evidence": evidence, "complaint": complaint, "units_created": 2}))


if __name__ == "__main__":
    main()
