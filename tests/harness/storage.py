"""What a data folder holds, looked at from outside: files only, no knowledge of the tables."""
from pathlib import Path

# Files of the server itself; everything else below the data folder is a blob's bytes.
OWN = ("credentials", "lock", ".lock", "berth.lock")
OWN_SUFFIXES = (".db", ".db-wal", ".db-shm", ".db-journal", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".key", ".pem", ".lock")


def blob_files(data):
    """Every file that holds bytes of a blob or an upload, relative to the data folder."""
    data = Path(data)
    return {str(p.relative_to(data)) for p in data.rglob("*")
            if p.is_file() and p.name not in OWN and not p.name.endswith(OWN_SUFFIXES) and p.parent != data
            and not p.name.startswith(".")}
