"""A server that sends back every message as it came, for round trips of large ones. Standard library only."""

import os


def main() -> None:
    """Until the input is over."""
    kept = bytearray()
    while piece := os.read(0, 1 << 20):
        kept += piece
        while (end := kept.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + int(kept[:end].partition(b":")[2])
            if len(kept) < whole:
                break
            rest = memoryview(bytes(kept[:whole]))
            del kept[:whole]
            while rest:
                rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    main()
