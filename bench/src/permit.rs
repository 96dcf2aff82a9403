//! What it costs to decide whether somebody may do something: asked on every page, and for every line of a list.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, ensure};
use concerns::permissions::{Desk, Handle, Read};
use concerns::read::{Filter, list};
use concerns::sight;
use store::StoreError;

use crate::Wish;
use crate::ground;
use crate::http::enter;

/// How long a decision may take, in microseconds.
const WANTED: f64 = 5.0;

/// Everybody whom the demonstration offers, over every concern that the district's desk reads.
pub(crate) fn run(wish: &Wish) -> Result<()> {
    let fresh = ground::sqlite(&wish.dir, 256, demo::Size::Small)?;
    let env = ground::env()?;
    let mut tokens = Vec::new();
    for entry in fresh.store.read_now(demo::entries)? {
        if let Some(person) = entry.person {
            tokens.push(enter(&fresh.store, &env, person)?);
        }
    }
    let inner = env.clone();
    let (actors, tree, concerns) = fresh.store.read_now(move |tx| {
        let tree = people::tree(tx)?;
        let (mut actors, mut concerns) = (Vec::new(), Vec::new());
        for token in &tokens {
            let Some(token) = people::sign::Token::parse(token) else { continue };
            actors.extend(people::sign::actor(tx, inner.clock.now(), &token)?);
        }
        for actor in &actors {
            for row in list(tx, actor, &tree, &Filter::default(), None, 500)?.rows {
                concerns.extend(concerns::concern::find(tx, &row.no)?);
            }
        }
        Ok::<_, StoreError>((actors, tree, concerns))
    })?;
    ensure!(!actors.is_empty() && !concerns.is_empty(), "a district with people and concerns");
    println!("\n{} people, {} concerns, {} units", actors.len(), concerns.len(), tree.all().count());
    let (mut proved, mut seen) = (f64::MAX, f64::MAX);
    for _ in 0..wish.rounds {
        let (mut decisions, begun) = (0_u32, Instant::now());
        while begun.elapsed() < wish.time / 4 {
            for actor in &actors {
                for concern in &concerns {
                    let over = concern.now.holder.unwrap_or(concern.now.desk);
                    black_box(actor.require::<Handle>(&tree, over).is_ok());
                    black_box(actor.require::<Desk>(&tree, concern.now.desk).is_ok());
                    black_box(actor.may::<Read>(&tree, over));
                    decisions += 3;
                }
            }
        }
        proved = proved.min(begun.elapsed().as_secs_f64() * 1e6 / f64::from(decisions.max(1)));
        let (mut decisions, begun) = (0_u32, Instant::now());
        while begun.elapsed() < wish.time / 4 {
            for actor in &actors {
                for concern in &concerns {
                    black_box(sight::may_read(actor, &tree, concern));
                    black_box(sight::handles(actor, &tree, concern).is_some());
                    decisions += 2;
                }
            }
        }
        seen = seen.min(begun.elapsed().as_secs_f64() * 1e6 / f64::from(decisions.max(1)));
    }
    let wanted = |took: f64| if took < WANTED { "as wanted" } else { "NOT as wanted" };
    println!("a proof for a unit: {proved:.2} µs (wanted: < {WANTED} µs, {})", wanted(proved));
    println!("whether somebody reads or handles a concern: {seen:.2} µs (wanted: < {WANTED} µs, {})", wanted(seen));
    Ok(())
}
