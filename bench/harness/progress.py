"""One line on standard error that says how far the run is; a plain line now and then where that is no terminal."""
import sys
import time


class Progress:
    def __init__(self):
        self.began, self.live, self.next_line = time.monotonic(), sys.stderr.isatty(), 0.0

    def __call__(self, done, total, text):
        spent = time.monotonic() - self.began
        left = f", {spent / done * (total - done) / 60:.0f} min left" if done else ""
        filled = 24 * done // max(total, 1)
        line = f"[{'#' * filled}{'.' * (24 - filled)}] {done}/{total}{left} {text}"
        if self.live:
            print(f"\r\033[K{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total or time.monotonic() >= self.next_line:
            self.next_line = time.monotonic() + 20
            print(line, file=sys.stderr, flush=True)
