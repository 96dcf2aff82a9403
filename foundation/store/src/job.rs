//! A unit of work on its way through a queue to the thread that holds a connection, and its answer's way back.

use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::{StoreError, Tx};

/// What the engines' threads see of a job. It can be run more than once; its last result counts.
pub(crate) trait Job: Send {
    /// Whether somebody still waits for the answer.
    fn wanted(&self) -> bool;
    /// Runs it and keeps the result; true when the result is to be committed.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Replaces the result.
    fn fail(&mut self, error: StoreError);
    /// Sends the result to whoever waits for it.
    fn answer(self: Box<Self>);
}

/// A queue's message: a job, or the word to stop.
pub(crate) type Message = Option<Box<dyn Job>>;

/// Where an answer goes.
pub(crate) enum Reply<R> {
    Task(oneshot::Sender<R>),
    Thread(mpsc::SyncSender<R>),
}

/// A closure and its result.
pub(crate) struct Call<T, E, F> {
    f: F,
    result: Option<Result<T, E>>,
    reply: Reply<Result<T, E>>,
}

impl<T, E, F> Call<T, E, F> {
    pub(crate) fn new(f: F, reply: Reply<Result<T, E>>) -> Call<T, E, F> {
        Call { f, result: None, reply }
    }
}

impl<T, E, F> Job for Call<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: Fn(&mut Tx) -> Result<T, E> + Send,
{
    fn wanted(&self) -> bool {
        match &self.reply {
            Reply::Task(to) => !to.is_closed(),
            Reply::Thread(_) => true,
        }
    }

    fn run(&mut self, tx: &mut Tx) -> bool {
        self.result = None;
        let result = (self.f)(tx);
        let well = result.is_ok();
        self.result = Some(result);
        well
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(StoreError::Closed.into()));
        // Whoever waited may have gone; the work stands all the same.
        match self.reply {
            Reply::Task(to) => drop(to.send(result)),
            Reply::Thread(to) => drop(to.send(result)),
        }
    }
}
