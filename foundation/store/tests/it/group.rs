//! Jobs beside each other: group commit, bad neighbours, full disks and queues, time limits, closing.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use store::{Engine, Options, Sql, Store, StoreError, p, sql};
use tokio::task::JoinHandle;

use super::{ADD, COUNT, TABLES, add, count, places};

const LATE: &Sql = sql!("INSERT INTO late (id, note) VALUES (?1, ?2)");
const PAGES: &Sql = sql!("PRAGMA page_count");
const NO_MORE: &Sql = sql!("PRAGMA max_page_count = 1");
const PLENTY: &Sql = sql!("PRAGMA max_page_count = 1000000");
const ENDLESS: &Sql =
    sql!("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000) SELECT CAST(COUNT(*) AS BIGINT) FROM c");
const ENDLESS_WRITE: &Sql = sql!(
    "INSERT INTO note (id, body) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000)
     SELECT MAX(n), 'never' FROM c"
);

type Answers = Vec<Result<u64, StoreError>>;
type Work = Box<dyn Fn(&mut store::Tx) -> Result<u64, StoreError> + Send>;

/// Holds the only writer in a job, queues the work behind it, lets go, and gives the answers: on
/// SQLite all of it runs in one group.
fn together(store: &Store, work: Vec<Work>) -> Answers {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let gate = Gate::hold(store).await;
        let waiting: Vec<JoinHandle<_>> = work
            .into_iter()
            .map(|f| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |tx| f(tx)).await })
            })
            .collect();
        // Tasks of this runtime run in the order in which they were spawned, so all are queued now.
        tokio::task::yield_now().await;
        gate.open().await;
        let mut answers = Answers::new();
        for answer in waiting {
            answers.push(answer.await.unwrap());
        }
        answers
    })
}

/// A job that stands in the writer until it is let go.
struct Gate {
    go: mpsc::Sender<()>,
    held: JoinHandle<Result<(), StoreError>>,
}

impl Gate {
    async fn hold(store: &Store) -> Gate {
        let (go, wait) = mpsc::channel();
        let (inside, entered) = tokio::sync::oneshot::channel();
        let (wait, inside, store) = (Mutex::new(wait), Mutex::new(Some(inside)), store.clone());
        let held = tokio::spawn(async move {
            store
                .write(move |_| {
                    if let Some(inside) = inside.lock().unwrap().take() {
                        inside.send(()).unwrap();
                        wait.lock().unwrap().recv().unwrap();
                    }
                    Ok(())
                })
                .await
        });
        entered.await.unwrap();
        Gate { go, held }
    }

    async fn open(self) {
        self.go.send(()).unwrap();
        self.held.await.unwrap().unwrap();
    }
}

fn adds(id: i64) -> Work {
    Box::new(move |tx| tx.exec(ADD, p![id, "good"]))
}

/// One writer also on PostgreSQL, so that the order is known.
fn lone(place: &store::testing::Place, change: impl FnOnce(&mut Options)) -> Store {
    let mut options = Options { pg_writers: 1, ..place.options() };
    change(&mut options);
    Store::open(&place.database, &options, &[TABLES], store::testing::NOW).unwrap()
}

places! {
    fn bad_neighbours_harm_nobody(place) {
        let store = lone(&place, |_| {});
        add(&store, 1).unwrap();
        let answers = together(&store, vec![
            adds(2),
            Box::new(|tx| { tx.exec(ADD, p![100, "undone"])?; tx.exec(ADD, p![1, "refused"]) }),
            adds(3),
            Box::new(|tx| { tx.exec(ADD, p![101, "undone"])?; panic!("on purpose") }),
            adds(4),
            Box::new(|tx| { tx.exec(ADD, p![102, "undone"])?; Err(StoreError::Other("own".into())) }),
            adds(5),
        ]);
        let panicked = StoreError::Other("the operation panicked: on purpose".into());
        assert_eq!(answers, [
            Ok(1), Err(StoreError::Unique("note_pk".into())), Ok(1), Err(panicked), Ok(1), Err(StoreError::Other("own".into())), Ok(1),
        ]);
        assert_eq!(count(&store), 5);
    }

    fn a_commit_that_fails_is_told_to_the_guilty_only(place) {
        let store = lone(&place, |_| {});
        let answers = together(&store, vec![adds(1), Box::new(|tx| tx.exec(LATE, p![1, 99])), adds(2)]);
        assert_eq!(answers, [Ok(1), Err(StoreError::ForeignKey), Ok(1)]);
        assert_eq!(count(&store), 2);
    }

    fn a_job_too_long_is_ended_and_its_neighbours_stay(place) {
        let store = lone(&place, |options| options.job_limit = Duration::from_millis(60));
        let answers = together(&store, vec![
            adds(1),
            Box::new(|tx| tx.exec(ENDLESS_WRITE, p![])),
            adds(2),
            Box::new(|tx| { tx.exec(ADD, p![100, "undone"])?; tx.exec(ENDLESS, p![]) }),
            adds(3),
        ]);
        assert_eq!(answers, [Ok(1), Err(StoreError::TimedOut), Ok(1), Err(StoreError::TimedOut), Ok(1)]);
        let read: Result<i64, StoreError> = store.read_now(|tx| tx.one(ENDLESS, p![], |row| row.int(0)));
        assert_eq!((read, count(&store)), (Err(StoreError::TimedOut), 3));
        // The threads go on as before.
        add(&store, 4).unwrap();
        assert_eq!(count(&store), 4);
    }

    fn a_full_queue_is_busy(place) {
        let store = lone(&place, |options| options.queue = 3);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let gate = Gate::hold(&store).await;
            let waiting: Vec<_> = (1..=5).map(|id| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |tx| tx.exec(ADD, p![id, "x"])).await })
            }).collect();
            tokio::task::yield_now().await;
            gate.open().await;
            let mut answers = Answers::new();
            for answer in waiting {
                answers.push(answer.await.unwrap());
            }
            assert_eq!(answers, [Ok(1), Ok(1), Ok(1), Err(StoreError::Busy), Err(StoreError::Busy)]);
        });
        assert_eq!(count(&store), 3);
    }

    fn who_has_gone_before_his_turn_is_not_served(place) {
        let store = lone(&place, |_| {});
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let gate = Gate::hold(&store).await;
            let task = tokio::spawn({ let store = store.clone(); async move { store.write(|tx| tx.exec(ADD, p![1, "x"])).await } });
            tokio::task::yield_now().await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            gate.open().await;
        });
        add(&store, 2).unwrap();
        assert_eq!(count(&store), 1);
    }

    fn closing_finishes_what_was_queued(place) {
        let store = lone(&place, |_| {});
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let kept = runtime.block_on(async {
            let gate = Gate::hold(&store).await;
            let waiting: Vec<_> = (1..=20).map(|id| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |tx| tx.exec(ADD, p![id, "x"])).await })
            }).collect();
            tokio::task::yield_now().await;
            let closer = std::thread::spawn({ let store = store.clone(); move || store.close() });
            gate.open().await;
            closer.join().unwrap();
            let mut kept = 0;
            for answer in waiting {
                kept += answer.await.unwrap().unwrap();
            }
            kept
        });
        assert_eq!(kept, 20);
        assert_eq!(add(&store, 21), Err(StoreError::Closed));
        assert_eq!(store.read_now(|tx| tx.one(COUNT, p![], |row| row.int(0))), Err(StoreError::Closed));
        drop(store);
        assert_eq!(count(&place.open(&[TABLES])), 20);
    }

    fn the_last_clone_may_go_inside_a_job(place) {
        let store = lone(&place, |_| {});
        let (inner, done) = (Mutex::new(Some(store.clone())), Arc::new(Barrier::new(2)));
        let meet = done.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let task = tokio::spawn(async move {
                store.write(move |_| {
                    meet.wait();
                    meet.wait();
                    drop(inner.lock().unwrap().take());
                    meet.wait();
                    Ok::<_, StoreError>(())
                }).await
            });
            tokio::task::yield_now().await;
            done.wait();
            task.abort();
            drop(task.await);
            done.wait();
            done.wait();
        });
        add(&place.open(&[TABLES]), 1).unwrap();
    }
}

/// The group is SQLite's own: what follows has no meaning on PostgreSQL.
fn on_sqlite(case: fn(Store)) {
    store::testing::run(Engine::Sqlite, &[TABLES], case);
}

#[test]
fn nobody_is_answered_before_the_commit() {
    on_sqlite(|store| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = Gate::hold(&store).await;
            let early = tokio::spawn({
                let store = store.clone();
                async move { store.write(|tx| tx.exec(ADD, p![1, "early"])).await }
            });
            tokio::task::yield_now().await;
            // The second gate stands behind the early job, in the same group.
            let second = tokio::spawn({
                let store = store.clone();
                async move { Gate::hold(&store).await }
            });
            tokio::task::yield_now().await;
            first.go.send(()).unwrap();
            let second = second.await.unwrap();
            assert!(!first.held.is_finished() && !early.is_finished());
            assert_eq!(store.read(|tx| tx.one(COUNT, p![], |row| row.int(0))).await, Ok::<_, StoreError>(0));
            assert!(!early.is_finished());
            second.open().await;
            assert_eq!(early.await.unwrap(), Ok(1));
            assert_eq!(store.read(|tx| tx.one(COUNT, p![], |row| row.int(0))).await, Ok::<_, StoreError>(1));
        });
    });
}

#[test]
fn a_lost_transaction_is_run_again_without_the_guilty_job() {
    on_sqlite(|store| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let first: Work = Box::new(move |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            tx.exec(ADD, p![1, "x"])
        });
        // An interrupted INSERT makes SQLite drop the whole transaction; here the limit interrupts it.
        let place = store::testing::Place::fresh(Engine::Sqlite).unwrap();
        let short = lone(&place, |options| options.job_limit = Duration::from_millis(30));
        let answers = together(&short, vec![first, Box::new(|tx| tx.exec(ENDLESS_WRITE, p![])), adds(2)]);
        assert_eq!(answers, [Ok(1), Err(StoreError::TimedOut), Ok(1)]);
        assert_eq!((runs.load(Ordering::SeqCst), count(&short)), (2, 2));
        drop(store);
    });
}

#[test]
fn a_group_is_run_again_only_where_a_failed_job_had_written() {
    on_sqlite(|store| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = |id: i64| -> Work {
            let runs = runs.clone();
            Box::new(move |tx| {
                runs.fetch_add(1, Ordering::SeqCst);
                tx.exec(ADD, p![id, "x"])
            })
        };
        add(&store, 1).unwrap();
        let answers = together(&store, vec![counted(2), counted(1), counted(3)]);
        assert_eq!(answers, [Ok(1), Err(StoreError::Unique("note_pk".into())), Ok(1)]);
        assert_eq!(runs.swap(0, Ordering::SeqCst), 3, "the one that failed had written nothing");
        let late = || -> Work {
            Box::new(|tx| {
                tx.exec(ADD, p![100, "undone"])?;
                Err(StoreError::Other("late".into()))
            })
        };
        let failed = Err(StoreError::Other("late".into()));
        assert_eq!(together(&store, vec![counted(4), late(), counted(5)]), [Ok(1), failed.clone(), Ok(1)]);
        assert_eq!(runs.swap(0, Ordering::SeqCst), 3, "the first of the group was run twice");
        assert_eq!(together(&store, vec![counted(6), late(), counted(7)]), [Ok(1), failed, Ok(1)]);
        assert_eq!(runs.swap(0, Ordering::SeqCst), 2, "now each has a SAVEPOINT");
        assert_eq!(count(&store), 7);
    });
}

#[test]
fn a_full_disk_is_told_and_leaves_the_neighbours_right() {
    on_sqlite(|store| {
        let big = || -> Work { Box::new(|tx| tx.exec(ADD, p![1000, &"x".repeat(1_000_000)])) };
        add(&store, 1).unwrap();
        // The database may not grow any more: SQLite then answers as on a full disk.
        store.write_now(|tx| tx.each(NO_MORE, p![], |_| Ok(()))).unwrap();
        let pages = store.read_now(|tx| tx.one(PAGES, p![], |row| row.int(0))).unwrap();
        let answers = together(&store, vec![adds(2), big(), adds(3), big(), adds(4)]);
        assert_eq!(answers, [Ok(1), Err(StoreError::Full), Ok(1), Err(StoreError::Full), Ok(1)]);
        assert_eq!((count(&store), store.read_now(|tx| tx.one(PAGES, p![], |row| row.int(0)))), (4, Ok(pages)));
        store.write_now(|tx| tx.each(PLENTY, p![], |_| Ok(()))).unwrap();
        assert_eq!(together(&store, vec![big(), adds(5)]), [Ok(1), Ok(1)]);
    });
}
