"""The threads behind the window: one that reads, one that writes, and a small pool for what touches no store."""

from concurrent.futures import ThreadPoolExecutor


class Threads:
    """Made with the first work, after the first picture: they bring a good part of the standard library."""

    def __init__(self) -> None:
        self.reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="pool")

    def close(self) -> None:
        """Drop what only reads or draws and has not begun; then let everything else finish."""
        for executor in (self.reader, self.pool):
            executor.shutdown(wait=False, cancel_futures=True)
        # Commands that wait are still run: the person has been told that the program saves by itself.
        for executor in (self.writer, self.reader, self.pool):
            executor.shutdown(wait=True)
