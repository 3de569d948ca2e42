//! The counter of the job shared-count, for the disciplines in which a unit keeps its thread until it has added. The locks
//! are those of the standard library, which tokio too advises where a lock is not held across an await.
use crate::job::refuse;
use crate::work::count;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, RwLock};

const PARTS: usize = 16;

/// On a cache line of its own.
#[derive(Default)]
#[repr(align(64))]
pub struct Part(AtomicU64);

/// The parts are not boxed: their alignment gives every other variant a cache line of its own, too.
pub enum Counter {
    Plain(AtomicU64),
    Mutex(Mutex<u64>),
    Atomic(AtomicU64),
    RwLock(RwLock<u64>),
    Sharded([Part; PARTS]),
    Local(AtomicU64),
}

impl Counter {
    pub fn of(discipline: &str) -> Counter {
        match discipline {
            "plain" => Counter::Plain(AtomicU64::default()),
            "mutex" => Counter::Mutex(Mutex::default()),
            "atomic" => Counter::Atomic(AtomicU64::default()),
            "rwlock" => Counter::RwLock(RwLock::default()),
            "sharded" => Counter::Sharded(Default::default()),
            "local" => Counter::Local(AtomicU64::default()),
            _ => refuse(
                format!("the discipline {discipline:?}"),
                "plain, mutex, atomic, rwlock, sharded, channel, local or across-await",
            ),
        }
    }

    /// What unit `index` does: it adds one, `times` times. The load and the store of plain become one instruction on x86,
    /// which a switch of threads cannot divide: on a single CPU, nothing is lost.
    pub fn add(&self, index: u64, times: u64) {
        match self {
            Counter::Plain(value) => (0..times).for_each(|_| value.store(value.load(Relaxed) + 1, Relaxed)),
            Counter::Mutex(value) => (0..times).for_each(|_| *value.lock().unwrap() += 1),
            Counter::Atomic(value) => (0..times).for_each(|_| add(value, 1)),
            Counter::RwLock(value) => (0..times).for_each(|_| *value.write().unwrap() += 1),
            Counter::Sharded(parts) => {
                let Part(value) = &parts[index as usize % PARTS];
                (0..times).for_each(|_| add(value, 1));
            }
            Counter::Local(value) => add(value, count(times)),
        }
    }

    pub fn value(&self) -> u64 {
        match self {
            Counter::Plain(value) | Counter::Atomic(value) | Counter::Local(value) => value.load(Relaxed),
            Counter::Mutex(value) => *value.lock().unwrap(),
            Counter::RwLock(value) => *value.read().unwrap(),
            Counter::Sharded(parts) => parts.iter().map(|Part(value)| value.load(Relaxed)).sum(),
        }
    }
}

fn add(value: &AtomicU64, more: u64) {
    value.fetch_add(more, Relaxed);
}
