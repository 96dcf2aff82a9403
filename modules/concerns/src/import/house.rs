//! What imports give to the house: their jobs, and the tick that lets go of old files.

use std::sync::Arc;

use store::StoreError;
use store::jobs::Job;
use web::{District, Fault, JobKind, Piece, Tick};

use super::{IMPORT_JOB, UNDO_JOB, Went, piece, release_old_files, undo_piece};

/// The jobs of imports.
pub const JOBS: &[JobKind] = &[JobKind { kind: IMPORT_JOB, piece: bring }, JobKind { kind: UNDO_JOB, piece: undo }];

/// Lets go of files whose time is over.
pub const TICK: Tick = Tick { name: "concerns.import_files", every: 3600, run: release };

fn bring(district: &Arc<District>, job: &Job) -> Result<Piece, Fault> {
    let went = piece(district.store(), &district.env(), job)?;
    district.written().ring();
    Ok(as_piece(went))
}

fn undo(district: &Arc<District>, job: &Job) -> Result<Piece, Fault> {
    let went = undo_piece(district.store(), &district.env(), job)?;
    district.written().ring();
    Ok(as_piece(went))
}

fn as_piece(went: Went) -> Piece {
    match went {
        Went::On => Piece::More,
        Went::Done => Piece::Done,
    }
}

fn release(district: &Arc<District>) -> Result<(), Fault> {
    while district.write_now(|tx, ctx| -> Result<usize, StoreError> { release_old_files(tx, ctx.now) })? == super::batch::OLD_AT_ONCE {}
    Ok(())
}
