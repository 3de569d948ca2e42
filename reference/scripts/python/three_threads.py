"""Claimed by a blog post: three threads that each add one to a counter give three, and the program shows it.

The program is the one of the post: a counter of the module, three threads, each `counter += 1`, all joined. It runs 2,000
times, and each sum that is not three is counted. Nothing is added to make the race more likely.
"""
import json
import threading

RUNS = 2000
THREADS = 3

counter = 0


def increment():
    global counter
    counter += 1


def one_run():
    global counter
    counter = 0
    threads = [threading.Thread(target=increment) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter


def main():
    wrong = sum(one_run() != THREADS for _ in range(RUNS))
    print(json.dumps({
        "figures": {"wrong_sums": wrong, "runs": RUNS},
        "evidence": [f"{RUNS - wrong} of {RUNS} runs of three threads gave 3."],
        "units_created": RUNS * THREADS,
    }))


if __name__ == "__main__":
    main()
