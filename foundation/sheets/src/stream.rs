//! A table read piece by piece, for files too large to hold: a thread of its own reads the rows and waits
//! while nobody takes them, so that a hundred thousand rows need no more memory than a few hundred.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::column::Column;
use crate::read::{Gather, Grid, Limits, ReadError, Row};
use crate::sheet::{HEADER_WITHIN, SIGNATURES_WITHIN, Sheet, Skipped, no_record};

/// Rows that go from thread to thread at once.
const TOGETHER: usize = 200;
/// How many such bundles wait.
const WAITING: usize = 2;

type Bundle = Result<Vec<Row>, ReadError>;

/// The records of a table, one after another.
pub struct Stream {
    head: Sheet,
    records: VecDeque<Row>,
    /// Rows that may still turn out to be signatures: those after them have not come yet.
    held: VecDeque<Row>,
    /// Whether nothing but instructions came so far.
    leads: bool,
    taken: BTreeSet<u32>,
    incoming: Option<Receiver<Bundle>>,
}

/// Opens a file and finds the table in it; its rows come with [`Stream::take`].
///
/// # Errors
/// [`ReadError`], in words for the person who chose the file. What is wrong further down is told when it is reached.
pub fn open(bytes: Vec<u8>, columns: &[Column], limits: &Limits) -> Result<Stream, ReadError> {
    open_taking(bytes, columns, limits, &BTreeSet::new())
}

/// The same, with rows that a person wants taken in whatever they are taken for.
///
/// # Errors
/// As [`open`].
pub fn open_taking(bytes: Vec<u8>, columns: &[Column], limits: &Limits, taken: &BTreeSet<u32>) -> Result<Stream, ReadError> {
    if !matches!(bytes.get(..4), Some([b'P', b'K', 3, 4] | [b'P', b'K', 5, 6])) {
        // Text tables are small, and other kinds of file are refused with their words.
        let sheet = crate::sheet::read_taking(&bytes, columns, None, limits, taken)?;
        return Ok(Stream::whole(sheet));
    }
    let beginnings = crate::xlsx::beginnings(&bytes, limits, HEADER_WITHIN)?;
    if beginnings.iter().all(|grid| grid.rows.is_empty()) {
        return Err(ReadError::NoRows);
    }
    let mut beginnings: Vec<Grid> = beginnings.into_iter().filter(|grid| !grid.rows.is_empty()).collect();
    let at = beginnings.iter().position(|grid| Sheet::fits(grid, columns)).unwrap_or(0);
    let name = beginnings.get(at).map(|grid| grid.name.clone()).unwrap_or_default();
    let others = beginnings.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, grid)| grid.name.clone()).collect();
    let mut head = Sheet::new(beginnings.swap_remove(at), columns);
    head.other_sheets = others;
    // The rows come again from the thread, with those that follow.
    head.rows.clear();
    head.skipped.clear();
    head.left_out = 0;
    let (out, incoming) = sync_channel(WAITING);
    let limits = limits.clone();
    std::thread::Builder::new().name("sheet".into()).spawn(move || send(&bytes, &name, &limits, &out)).map_err(|_| ReadError::TooMuch)?;
    Ok(Stream { head, records: VecDeque::new(), held: VecDeque::new(), leads: true, taken: taken.clone(), incoming: Some(incoming) })
}

/// Reads the rows and gives them away in bundles; ends when nobody takes them any more.
fn send(bytes: &[u8], name: &str, limits: &Limits, out: &SyncSender<Bundle>) {
    let mut bundle = Vec::with_capacity(TOGETHER);
    let ended = crate::xlsx::each_row(bytes, name, &mut Gather::new(limits), limits, &mut |row| {
        bundle.push(row);
        bundle.len() < TOGETHER || out.send(Ok(std::mem::replace(&mut bundle, Vec::with_capacity(TOGETHER)))).is_ok()
    });
    // Nobody may be there any more to take what is left.
    let _ = out.send(Ok(bundle));
    if let Err(error) = ended {
        let _ = out.send(Err(error));
    }
}

impl Stream {
    fn whole(mut sheet: Sheet) -> Stream {
        let records = std::mem::take(&mut sheet.rows).into();
        Stream { head: sheet, records, held: VecDeque::new(), leads: false, taken: BTreeSet::new(), incoming: None }
    }

    /// The table without its rows: headers, titles, and what was left out so far.
    pub fn head(&self) -> &Sheet {
        &self.head
    }

    /// The next records, at most so many; none at the end.
    ///
    /// # Errors
    /// [`ReadError`] where the file is damaged further down, or holds more than the limits.
    pub fn take(&mut self, most: usize) -> Result<Vec<Row>, ReadError> {
        while self.records.len() < most {
            let Some(incoming) = &self.incoming else { break };
            match incoming.recv() {
                Ok(bundle) => bundle?.into_iter().for_each(|row| self.came(row)),
                Err(_) => {
                    self.incoming = None;
                    while let Some(row) = self.held.pop_front() {
                        self.sort(row, true);
                    }
                }
            }
        }
        let most = most.min(self.records.len());
        Ok(self.records.drain(..most).collect())
    }

    /// Passes over so many records, as after a piece that was done before.
    ///
    /// # Errors
    /// As [`Stream::take`].
    pub fn skip(&mut self, mut records: usize) -> Result<(), ReadError> {
        while records > 0 {
            let taken = self.take(records.min(1_000))?.len();
            if taken == 0 {
                return Ok(());
            }
            records -= taken;
        }
        Ok(())
    }

    fn came(&mut self, row: Row) {
        if row.number <= self.head.last_header_row() {
            return;
        }
        self.held.push_back(row);
        if self.held.len() > SIGNATURES_WITHIN
            && let Some(row) = self.held.pop_front()
        {
            self.sort(row, false);
        }
    }

    fn sort(&mut self, row: Row, last: bool) {
        let why = no_record(&row, &self.head.headers, self.leads, last);
        self.leads &= why == Some(Skipped::Instructions);
        match why.filter(|_| !self.taken.contains(&row.number)) {
            Some(why) => self.head.leave_out(&row, why),
            None => self.records.push_back(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::tests::COLUMNS;
    use crate::{Export, FileKind, Head, Value};

    fn workbook(rows: i64) -> Vec<u8> {
        let heads: Vec<Head> = COLUMNS.iter().map(|c| Head::new(c.header, 12)).collect();
        let mut export = Export::new(FileKind::Xlsx, "留言", Some("东门社区留言汇总表"), &heads).unwrap();
        export.row(&["填表说明：时间写到日".into()]).unwrap();
        for n in 0..rows {
            export.row(&[n.into(), format!("第{n}件").into(), "2026-11-01".into(), "不亮".into(), Value::Int(1)]).unwrap();
        }
        export.row(&["合计".into(), Value::Int(rows)]).unwrap();
        export.row(&["填表人：".into(), Value::Empty, "审核人：".into()]).unwrap();
        let mut bytes = Vec::new();
        export.finish(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn piece_by_piece_is_the_same_as_at_once() {
        for rows in [1, 5, 6, 7, 199, 200, 201, 1_000] {
            let bytes = workbook(rows);
            let whole = crate::read(&bytes, COLUMNS).unwrap();
            let mut stream = open(bytes, COLUMNS, &Limits::default()).unwrap();
            assert_eq!((stream.head().headers.clone(), stream.head().title.clone()), (whole.headers.clone(), whole.title.clone()));
            let mut taken = Vec::new();
            loop {
                let some = stream.take(37).unwrap();
                if some.is_empty() {
                    break;
                }
                taken.extend(some);
            }
            assert_eq!(taken, whole.rows, "{rows}");
            assert_eq!((&stream.head().skipped, stream.head().left_out), (&whole.skipped, whole.left_out), "{rows}");
            // With a row that a person took in, both have one record more.
            let taken: BTreeSet<u32> = whole.skipped.iter().take(1).map(|row| row.row).collect();
            let bytes = workbook(rows);
            let more = crate::read_taking(&bytes, COLUMNS, None, &Limits::default(), &taken).unwrap();
            let mut stream = open_taking(bytes, COLUMNS, &Limits::default(), &taken).unwrap();
            assert_eq!((stream.take(2_000).unwrap(), more.rows.len()), (more.rows, whole.rows.len() + 1));
        }
    }

    #[test]
    fn what_was_done_is_passed_over_and_a_reader_that_leaves_ends_the_thread() {
        let mut stream = open(workbook(900), COLUMNS, &Limits::default()).unwrap();
        stream.skip(850).unwrap();
        assert_eq!(stream.take(100).unwrap().len(), 50);
        drop(open(workbook(3_000), COLUMNS, &Limits::default()).unwrap());
        let mut csv = open("留言编号,留言主题\n1,a\n2,b".into(), COLUMNS, &Limits::default()).unwrap();
        assert_eq!(csv.take(10).unwrap().len(), 2);
        assert!(open(b"%PDF-1.7".to_vec(), COLUMNS, &Limits::default()).is_err());
        let few = Limits { rows: 400, ..Limits::default() };
        let mut stream = open(workbook(900), COLUMNS, &few).unwrap();
        assert_eq!(stream.skip(900), Err(ReadError::TooManyRows(400)));
    }
}
