//! Files beside the store: by what they hold, for as long as a subject holds them.

use base::{Id, Time};
use store::blobs::{self, Digest, GRACE};
use store::{Store, StoreError};

use super::TABLES;

const A: Id = Id([1; 16]);
const B: Id = Id([2; 16]);

fn hold(store: &Store, digest: Digest, subject: Id) {
    store.write_now(move |tx| blobs::hold(tx, &digest, subject)).unwrap();
}

/// Sweeps as if it were long after everything was put.
fn sweep_later(store: &Store) -> Vec<Digest> {
    let far = Time(4_000_000_000 * Time::SECOND);
    blobs::sweep(store, far).unwrap();
    store.blobs().all().unwrap()
}

store::both_engines! {
    [TABLES]

    fn bytes_come_back_by_their_digest(store) {
        let digest = store.blobs().put("照片".as_bytes()).unwrap();
        assert_eq!(store.blobs().put("照片".as_bytes()).unwrap(), digest);
        assert_eq!(store.blobs().get(&digest).unwrap().as_deref(), Some("照片".as_bytes()));
        assert_eq!(store.blobs().get(&[0; 32]).unwrap(), None);
        let empty = store.blobs().put(b"").unwrap();
        assert_eq!(store.blobs().get(&empty).unwrap().as_deref(), Some(&[][..]));
        assert!(store.blobs().path(&digest).is_file());
        assert_eq!(store.blobs().all().unwrap().len(), 2);
    }

    fn a_blob_cut_short_is_written_anew(store) {
        let digest = store.blobs().put(b"whole").unwrap();
        std::fs::write(store.blobs().path(&digest), b"who").unwrap();
        store.blobs().put(b"whole").unwrap();
        assert_eq!(store.blobs().get(&digest).unwrap().as_deref(), Some(&b"whole"[..]));
    }

    fn what_nothing_holds_is_swept_after_the_grace(store) {
        let [held, shared, loose] = [&b"held"[..], b"shared", b"loose"].map(|bytes| store.blobs().put(bytes).unwrap());
        hold(&store, held, A);
        hold(&store, shared, A);
        hold(&store, shared, A);
        hold(&store, shared, B);
        assert_eq!(blobs::sweep(&store, Time(0)).unwrap(), 0, "nothing is old yet");
        assert_eq!(store.blobs().all().unwrap().len(), 3);
        let mut left = [held, shared];
        left.sort_unstable();
        assert_eq!(sweep_later(&store), left);
        assert_eq!(store.blobs().get(&loose).unwrap(), None);
        assert_eq!(store.read_now(|tx| blobs::of_subject(tx, A)), Ok::<_, StoreError>(left.to_vec()));

        store.write_now(|tx| blobs::release(tx, A)).unwrap();
        assert_eq!(sweep_later(&store), [shared]);
        store.write_now(move |tx| blobs::drop_one(tx, &shared, B)).unwrap();
        assert_eq!(sweep_later(&store), Vec::<Digest>::new());
        assert!(GRACE.as_secs() >= 3600);
    }

    fn uses_of_one_subject_are_counted(store) {
        let digest = store.blobs().put(b"twice").unwrap();
        hold(&store, digest, A);
        hold(&store, digest, A);
        store.write_now(move |tx| blobs::drop_one(tx, &digest, A)).unwrap();
        assert_eq!(sweep_later(&store), [digest]);
        store.write_now(move |tx| blobs::drop_one(tx, &digest, A)).unwrap();
        assert_eq!(sweep_later(&store), Vec::<Digest>::new());
    }

    fn the_same_blob_from_many_threads(store) {
        let bytes = vec![5_u8; 300_000];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| store.blobs().put(&bytes).unwrap());
            }
        });
        let all = store.blobs().all().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(store.blobs().get(&all[0]).unwrap(), Some(bytes));
        let tmp = store.blobs().path(&all[0]).ancestors().nth(3).unwrap().join("tmp");
        assert_eq!(std::fs::read_dir(tmp).unwrap().count(), 0);
    }
}
