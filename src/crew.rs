//! A few threads over work that leads to more work, as the folders of a tree do.
//!
//! Each thread keeps what its work led to on a stack of its own, last in first out, and hands half
//! of it on only when another thread has none: a deep chain handed between threads was three times
//! slower. The others are only called when there is something for them: most folders are small.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct Crew<J> {
    queue: Mutex<Queue<J>>,
    wake: Condvar,
    hungry: AtomicUsize,
}

#[derive(Debug)]
struct Queue<J> {
    jobs: Vec<J>,
    busy: usize,
}

/// Locks, also where a thread that held the lock has panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stack of one thread at work.
pub struct Stack<'a, J> {
    own: Vec<J>,
    crew: &'a Crew<J>,
    /// Calls the others, as long as they are not called.
    call: Option<&'a dyn Fn()>,
}

impl<J> Stack<'_, J> {
    /// Puts a job on the stack.
    pub fn push(&mut self, job: J) {
        self.own.push(job);
    }

    /// Gives a job to a thread that has none, else puts it on the stack.
    pub fn offer(&mut self, job: J) {
        self.call();
        if self.crew.hungry.load(Ordering::Relaxed) > 0 {
            lock(&self.crew.queue).jobs.push(job);
            self.crew.wake.notify_one();
        } else {
            self.own.push(job);
        }
    }

    /// Hands half of it on where another thread has none.
    fn share(&mut self) {
        if self.own.len() < 2 {
            return;
        }
        self.call();
        if self.crew.hungry.load(Ordering::Relaxed) > 0 {
            let half = self.own.len() / 2;
            lock(&self.crew.queue).jobs.extend(self.own.drain(..half));
            self.crew.wake.notify_all();
        }
    }

    fn call(&mut self) {
        if let Some(call) = self.call.take() {
            call();
        }
    }
}

/// Does the first jobs and all that they lead to. Every thread has a state made by `state`; the
/// states are given back at the end. `work` puts further jobs on the stack that it is lent.
pub fn run<J: Send, S: Send>(
    first: Vec<J>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(J, &mut Stack<'_, J>, &mut S) + Sync,
) -> Vec<S> {
    let several = first.len() > 1;
    let queue = Mutex::new(Queue { jobs: first, busy: 0 });
    let crew = Crew { queue, wake: Condvar::new(), hungry: AtomicUsize::new(0) };
    let helpers = std::thread::available_parallelism().map_or(1, |n| n.get().min(8)) - 1;
    std::thread::scope(|scope| {
        let called = Mutex::new(Vec::new());
        let call = || {
            let turn = || crew.turn(state(), &work, None);
            // Where no thread can be had, one does all.
            let spawn = |_| std::thread::Builder::new().spawn_scoped(scope, turn).ok();
            lock(&called).extend((0..helpers).filter_map(spawn));
        };
        if several {
            call();
        }
        let later: Option<&dyn Fn()> = if several { None } else { Some(&call) };
        let mut states = vec![crew.turn(state(), &work, later)];
        for thread in called.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match thread.join() {
                Ok(state) => states.push(state),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        states
    })
}

/// One thread at work. However its turn ends, the others learn of it: none waits for ever.
struct Busy<'a, J>(&'a Crew<J>);

impl<J> Drop for Busy<'_, J> {
    fn drop(&mut self) {
        lock(&self.0.queue).busy -= 1;
        self.0.wake.notify_all();
    }
}

impl<J> Crew<J> {
    fn turn<S>(
        &self,
        mut state: S,
        work: &impl Fn(J, &mut Stack<'_, J>, &mut S),
        call: Option<&dyn Fn()>,
    ) -> S {
        let mut stack = Stack { own: Vec::new(), crew: self, call };
        let mut queue = lock(&self.queue);
        loop {
            if let Some(job) = queue.jobs.pop() {
                queue.busy += 1;
                drop(queue);
                let busy = Busy(self);
                stack.push(job);
                while let Some(job) = stack.own.pop() {
                    work(job, &mut stack, &mut state);
                    stack.share();
                }
                drop(busy);
                queue = lock(&self.queue);
            } else if queue.busy == 0 {
                self.wake.notify_all();
                return state;
            } else {
                self.hungry.fetch_add(1, Ordering::Relaxed);
                queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
                self.hungry.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_work_is_done_once() {
        let states = run(
            vec![17u32],
            || 0u64,
            |job, stack, sum| {
                *sum += 1;
                (0..2).filter(|_| job > 0).for_each(|_| stack.push(job - 1));
            },
        );
        assert_eq!(states.iter().sum::<u64>(), (1 << 18) - 1);
    }

    #[test]
    fn a_panic_ends_all_threads() {
        let ended = std::panic::catch_unwind(|| {
            run(
                vec![9u32],
                || (),
                |job, stack, ()| {
                    assert_ne!(job, 0, "meant to fail");
                    stack.offer(job - 1);
                    stack.push(job - 1);
                },
            )
        });
        assert!(ended.is_err());
    }
}
