//! Long work, its leases, and workers that die.

use base::{Id, Time};
use store::jobs::{self, Job, LEASE, State};
use store::testing::NOW;
use store::{Store, StoreError};

use super::{TABLES, places};

const A: Id = Id([0xa; 16]);
const B: Id = Id([0xb; 16]);

fn id(n: u8) -> Id {
    Id([n; 16])
}

fn create(store: &Store, n: u8) {
    store.write_now(move |tx| jobs::create(tx, NOW, id(n), "import", "{\"n\":1}", Some(id(9)))).unwrap();
}

fn take(store: &Store, now: Time, worker: Id) -> Option<Id> {
    store.write_now::<_, StoreError>(move |tx| jobs::take(tx, now, worker)).unwrap().map(|job| job.id)
}

fn find(store: &Store, n: u8) -> Job {
    store.read_now(move |tx| jobs::find(tx, id(n))).unwrap().unwrap()
}

store::both_engines! {
    [TABLES]

    fn a_job_from_asking_to_the_result(store) {
        create(&store, 1);
        let job = find(&store, 1);
        assert_eq!((job.state, job.kind.as_str(), job.payload.as_str(), job.created_by), (State::Waiting, "import", "{\"n\":1}", Some(id(9))));
        assert_eq!((take(&store, NOW, A), take(&store, NOW, B)), (Some(id(1)), None));
        assert!(store.write_now(|tx| jobs::progress(tx, NOW, id(1), A, 3, 10, "three of ten")).unwrap());
        let job = find(&store, 1);
        assert_eq!((job.state, job.done, job.total, job.message.as_str(), job.lease_by), (State::Running, 3, 10, "three of ten", Some(A)));
        assert!(store.write_now(|tx| jobs::finish(tx, NOW.plus(1), id(1), A, "{\"rows\":10}")).unwrap());
        let job = find(&store, 1);
        assert_eq!((job.state, job.result.as_deref(), job.ended_at, job.lease_by), (State::Done, Some("{\"rows\":10}"), Some(NOW.plus(1)), None));
        assert_eq!(take(&store, NOW.plus(10 * LEASE), B), None);
        assert_eq!(store.read_now(|tx| jobs::find(tx, id(2))), Ok::<_, StoreError>(None));
    }

    fn a_lease_that_ran_out_goes_to_another_and_the_first_is_told(store) {
        create(&store, 1);
        assert_eq!(take(&store, NOW, A), Some(id(1)));
        assert_eq!(take(&store, NOW.plus(LEASE), B), None);
        assert!(store.write_now(|tx| jobs::progress(tx, NOW.plus(LEASE), id(1), A, 1, 2, "")).unwrap(), "a word of progress keeps it");
        assert_eq!(take(&store, NOW.plus(LEASE + 1), B), None);
        assert_eq!(take(&store, NOW.plus(2 * LEASE + 1), B), Some(id(1)));
        for lost in [
            store.write_now(|tx| jobs::progress(tx, NOW, id(1), A, 2, 2, "")),
            store.write_now(|tx| jobs::finish(tx, NOW, id(1), A, "{}")),
            store.write_now(|tx| jobs::fail(tx, NOW, id(1), A, "x")),
        ] {
            assert_eq!(lost, Ok::<_, StoreError>(false));
        }
        assert!(store.write_now(|tx| jobs::fail(tx, NOW, id(1), B, "the file is not a workbook")).unwrap());
        let job = find(&store, 1);
        assert_eq!((job.state, job.message.as_str(), job.result), (State::Failed, "the file is not a workbook", None));
    }
}

places! {
    fn two_workers_never_hold_the_same_job(place) {
        let stores = [place.open(&[TABLES]), place.open(&[TABLES])];
        (0..30).for_each(|n| create(&stores[0], n));
        let mut taken: Vec<Id> = std::thread::scope(|scope| {
            let workers: Vec<_> = [(&stores[0], A), (&stores[1], B)]
                .into_iter()
                .map(|(store, worker)| scope.spawn(move || std::iter::from_fn(|| take(store, NOW, worker)).collect::<Vec<_>>()))
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        taken.sort_unstable();
        assert_eq!(taken, (0..30).map(id).collect::<Vec<_>>());
    }
}
