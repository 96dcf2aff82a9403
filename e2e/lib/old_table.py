"""Writes a table as an office's Excel 97–2003 would: `old_table.py FILE.xls`, with the rows as JSON on standard input.
The first row is merged over the width of the table. Needs the package xlwt."""

import json
import sys

import xlwt

rows = json.load(sys.stdin)
book = xlwt.Workbook(encoding="utf-8")
sheet = book.add_sheet("花名册")
sheet.write_merge(0, 0, 0, len(rows[1]) - 1, rows[0][0])
for number, row in enumerate(rows[1:], start=1):
    for column, text in enumerate(row):
        sheet.write(number, column, text)
book.save(sys.argv[1])
