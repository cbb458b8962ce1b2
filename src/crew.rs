//! A few threads over work that leads to more work, as the folders of a tree do.
//!
//! Each thread keeps what its work led to on a stack of its own, last in first out, and hands half
//! of it on only when another thread has none: a deep chain handed between threads was three times
//! slower.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct Crew<J> {
    queue: Mutex<Queue<J>>,
    wake: Condvar,
    hungry: AtomicUsize,
}

struct Queue<J> {
    jobs: Vec<J>,
    busy: usize,
}

/// Locks, also where a thread that held the lock has panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does the first jobs and all that they lead to. Every thread has a state made by `state`; the
/// states are given back at the end. `work` puts further jobs on the stack that it is lent.
pub fn run<J: Send, S: Send>(
    first: Vec<J>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(J, &mut Vec<J>, &mut S) + Sync,
) -> Vec<S> {
    let queue = Mutex::new(Queue { jobs: first, busy: 0 });
    let crew = Crew { queue, wake: Condvar::new(), hungry: AtomicUsize::new(0) };
    let helpers = std::thread::available_parallelism().map_or(1, |n| n.get().min(8)) - 1;
    std::thread::scope(|scope| {
        let turn = || crew.turn(state(), &work);
        let spawned: Vec<_> = (0..helpers).map(|_| scope.spawn(turn)).collect();
        let mut states = vec![turn()];
        for thread in spawned {
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
    fn turn<S>(&self, mut state: S, work: &impl Fn(J, &mut Vec<J>, &mut S)) -> S {
        let mut stack = Vec::new();
        let mut queue = lock(&self.queue);
        loop {
            if let Some(job) = queue.jobs.pop() {
                queue.busy += 1;
                drop(queue);
                let busy = Busy(self);
                stack.push(job);
                while let Some(job) = stack.pop() {
                    work(job, &mut stack, &mut state);
                    if stack.len() > 1 && self.hungry.load(Ordering::Relaxed) > 0 {
                        let half = stack.len() / 2;
                        lock(&self.queue).jobs.extend(stack.drain(..half));
                        self.wake.notify_all();
                    }
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
                stack.extend((0..2).filter(|_| job > 0).map(|_| job - 1));
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
                    stack.extend([job - 1, job - 1]);
                },
            )
        });
        assert!(ended.is_err());
    }
}
