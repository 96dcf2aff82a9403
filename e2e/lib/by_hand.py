"""Works out by hand what a unit's rates are made of, from the events alone: no tally, no formula, no code of the program.

    by_hand.py events DATABASE UNIT FROM TO     counts of the unit with everything under it, as JSON
    by_hand.py workbook FILE                    what the columns 计入分母 and 计入分子 of a workbook of cases come to
"""

import json
import re
import sqlite3
import sys
import zipfile
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def subtree(db, unit):
    """The unit and everything under it."""
    parent = {row[0]: row[1] for row in db.execute("SELECT id, parent FROM unit")}
    within = set()
    for one in parent:
        at = one
        while at is not None and at != unit:
            at = parent.get(at)
        if at == unit:
            within.add(one)
    return within


def events(path, unit, first, last):
    """What happened to the unit's concerns on the days from the first to the last, in +08:00."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    units = subtree(db, bytes.fromhex(unit))
    zone = timezone(timedelta(hours=8))
    count = dict.fromkeys(["called_back", "solved", "asked_contacted", "contacted", "asked_satisfied", "satisfied", "resolved", "in_time"], 0)
    rows = db.execute("SELECT kind, unit, occurred_at, facts FROM event WHERE kind IN ('ConcernCalledBack', 'ConcernResolved')")
    for kind, of, at, facts in rows:
        day = datetime.fromtimestamp(at / 1_000_000, zone).date().isoformat()
        if of not in units or not first <= day <= last:
            continue
        facts = json.loads(facts)
        if kind == "ConcernResolved":
            count["resolved"] += 1
            count["in_time"] += facts.get("in_time") is True
            continue
        count["called_back"] += 1
        count["solved"] += facts["solved"] is True
        for asked in ("contacted", "satisfied"):
            if facts.get(asked) is not None:
                count[f"asked_{asked}"] += 1
                count[asked] += facts[asked] is True
    return count


def workbook(path):
    """The sums of two columns, found by their headers."""
    with zipfile.ZipFile(path) as file:
        shared = []
        if "xl/sharedStrings.xml" in file.namelist():
            for item in ElementTree.fromstring(file.read("xl/sharedStrings.xml")).iter(f"{SHEET}si"):
                shared.append("".join(text.text or "" for text in item.iter(f"{SHEET}t")))
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    where, sums, rows = None, {"below": 0, "above": 0}, 0
    for row in sheet.iter(f"{SHEET}row"):
        cells = {}
        for cell in row.iter(f"{SHEET}c"):
            column = re.match("[A-Z]+", cell.get("r")).group()
            value = cell.find(f"{SHEET}v")
            if cell.get("t") == "s":
                cells[column] = shared[int(value.text)]
            elif cell.get("t") == "inlineStr":
                cells[column] = "".join(text.text or "" for text in cell.iter(f"{SHEET}t"))
            elif value is not None:
                cells[column] = value.text
        if where is None:
            titles = {text: column for column, text in cells.items()}
            if "计入分母" in titles:
                where = (titles["计入分母"], titles["计入分子"])
            continue
        rows += 1
        sums["below"] += int(float(cells[where[0]]))
        sums["above"] += int(float(cells[where[1]]))
    return {**sums, "rows": rows}


done = events(*sys.argv[2:6]) if sys.argv[1] == "events" else workbook(sys.argv[2])
print(json.dumps(done))
