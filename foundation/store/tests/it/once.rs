//! A form that is sent twice is done once.

use base::Time;
use store::testing::NOW;
use store::{Store, StoreError, once, p};

use super::{ADD, TABLES, count, places};

fn send(store: &Store, now: Time, key: u8, what: &'static str, who: &'static [u8], id: i64) -> Result<i64, StoreError> {
    store.write_now(move |tx| {
        once(tx, now, &[key; 16], what, who, |tx| {
            tx.exec(ADD, p![id, "x"])?;
            Ok(id)
        })
    })
}

store::both_engines! {
    [TABLES]

    fn a_retry_gives_the_first_answer(store) {
        assert_eq!(send(&store, NOW, 1, "submit", b"a", 1), Ok(1));
        assert_eq!(send(&store, NOW, 1, "submit", b"a", 2), Ok(1));
        assert_eq!(send(&store, NOW, 2, "submit", b"a", 3), Ok(3));
        assert_eq!(count(&store), 2);
    }

    fn the_key_serves_one_form_of_one_person(store) {
        send(&store, NOW, 1, "submit", b"a", 1).unwrap();
        let refused = Err(StoreError::Unique("op_key".into()));
        assert_eq!(send(&store, NOW, 1, "claim", b"a", 2), refused);
        assert_eq!(send(&store, NOW, 1, "submit", b"b", 3), refused);
        assert_eq!(count(&store), 1);
    }

    fn what_failed_may_be_sent_again(store) {
        send(&store, NOW, 1, "submit", b"a", 1).unwrap();
        assert_eq!(send(&store, NOW, 2, "submit", b"a", 1), Err(StoreError::Unique("note_pk".into())));
        assert_eq!(send(&store, NOW, 2, "submit", b"a", 2), Ok(2));
    }

    fn answers_are_forgotten_after_sixty_days(store) {
        for key in 1..=3 {
            send(&store, NOW.plus(i64::from(key) * Time::DAY), key, "submit", b"a", key.into()).unwrap();
        }
        let sweep = |now: Time, limit| store.write_now(move |tx| store::sweep_answers(tx, now, limit));
        assert_eq!(sweep(NOW.plus(60 * Time::DAY), 10), Ok(0));
        assert_eq!(sweep(NOW.plus(63 * Time::DAY), 1), Ok(1));
        assert_eq!(sweep(NOW.plus(63 * Time::DAY), 10), Ok(1));
        assert_eq!(send(&store, NOW, 3, "submit", b"a", 9), Ok(3));
    }
}

places! {
    fn the_same_form_at_once_is_done_once(place) {
        // Two processes on PostgreSQL, and threads in each; the same 20 forms from all of them.
        let stores = [place.open(&[TABLES]), place.open(&[TABLES])];
        std::thread::scope(|scope| {
            for thread in 0..6_i64 {
                let store = &stores[usize::try_from(thread).unwrap() % 2];
                scope.spawn(move || {
                    for key in 0..20_u8 {
                        let answer = send(store, NOW, key, "submit", b"a", thread * 100 + i64::from(key)).unwrap();
                        assert_eq!(send(store, NOW, key, "submit", b"a", -1), Ok(answer));
                    }
                });
            }
        });
        assert_eq!(count(&stores[0]), 20);
    }
}
