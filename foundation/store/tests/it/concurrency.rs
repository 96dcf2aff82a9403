//! Many at once: conflicts, several processes on one store, connections that break.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::{Engine, Sql, Store, StoreError, p, sql};

use super::{ADD, NUMBER, SET, START, SUM, TABLES, add, count, places};

const KILL: &Sql = sql!("SELECT pg_terminate_backend(pg_backend_pid())");

const THREADS: i64 = 8;
const EACH: i64 = 60;
const COUNTERS: i64 = 3;

/// Reads a counter and writes it one higher: what two at once lose unless the store keeps them apart.
fn count_up(store: &Store, id: i64) {
    let done = store.write_now(move |tx| {
        let n = tx.one(NUMBER, p![id], |row| row.int(0))?;
        tx.exec(SET, p![id, n + 1])
    });
    assert_eq!(done, Ok::<_, StoreError>(1));
}

fn sum(store: &Store) -> i64 {
    store.read_now(|tx| tx.one(SUM, p![], |row| row.int(0))).unwrap()
}

fn storm(stores: &[Store]) {
    for id in 0..COUNTERS {
        stores[0].write_now(move |tx| tx.exec(START, p![id])).unwrap();
    }
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &stores[usize::try_from(thread).unwrap() % stores.len()];
            scope.spawn(move || (0..EACH).for_each(|n| count_up(store, (thread + n) % COUNTERS)));
        }
    });
    assert_eq!(sum(&stores[0]), THREADS * EACH);
}

places! {
    fn hot_counters_are_exact(place) {
        let options = store::Options { pg_writers: 8, ..place.options() };
        storm(&[Store::open(&place.database, &options, &[TABLES], store::testing::NOW).unwrap()]);
    }

    fn hot_counters_are_exact_with_two_processes(place) {
        storm(&[place.open(&[TABLES]), place.open(&[TABLES])]);
    }

    fn hundreds_of_tasks_in_a_runtime(place) {
        let store = place.open(&[TABLES]);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..300).map(|id| {
                let store = store.clone();
                tokio::spawn(async move {
                    store.write(move |tx| tx.exec(ADD, p![id, "x"])).await?;
                    // Whoever was answered sees his own work.
                    store.read(move |tx| tx.opt(statement_of_one(), p![id], |row| row.int(0))).await
                })
            }).collect();
            for (id, task) in (0..).zip(tasks) {
                assert_eq!(task.await.unwrap(), Ok::<_, StoreError>(Some(id)));
            }
        });
        assert_eq!(count(&store), 300);
    }
}

fn statement_of_one() -> &'static Sql {
    sql!("SELECT id FROM note WHERE id = ?1")
}

#[test]
fn a_broken_connection_is_replaced() {
    store::testing::run(Engine::Postgres, &[TABLES], |store| {
        let killed = Arc::new(AtomicBool::new(false));
        let first = killed.clone();
        let done = store.write_now(move |tx| {
            tx.exec(ADD, p![1, "x"])?;
            if !first.swap(true, Ordering::SeqCst) {
                tx.exec(KILL, p![])?;
            }
            Ok::<_, StoreError>(())
        });
        assert_eq!((done, killed.load(Ordering::SeqCst)), (Ok(()), true));
        assert_eq!(count(&store), 1);
        let always = store.write_now(|tx| tx.exec(KILL, p![]));
        assert_eq!(always, Err(StoreError::Busy));
        add(&store, 2).unwrap();
    });
}
