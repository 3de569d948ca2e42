//! The jobs, on a thread of the operating system per unit. The standard library has no sha256.
mod counter;
mod facts;
mod image;
mod job;
mod work;

use counter::Counter;
use image::image;
use job::{refuse, Done, Job, Span};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{mpsc, Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use work::count;

/// Starts one of so many threads, or ends the program where the system has none left. (thread::spawn panics.)
fn start<T: Send + 'static>(all: u64, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let thread = thread::Builder::new().spawn(work);
    thread.unwrap_or_else(|error| refuse(format!("no further thread ({error})"), format!("{all} units")))
}

/// A thread that has panicked has said why; the program then ends as it did.
fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// The threads of a job.
struct Units {
    units: u64,
    barrier: Option<Arc<Barrier>>,
    begin: Instant,
    threads: Vec<JoinHandle<Span>>,
}

impl Units {
    /// Each begins when it has been made.
    fn apart(units: u64) -> Units {
        let threads = Vec::with_capacity(units as usize); // Before the clock starts.
        Units { units, barrier: None, begin: Instant::now(), threads }
    }

    /// None begins before all of them exist.
    fn together(units: u64) -> Units {
        Units { barrier: Some(Arc::new(Barrier::new(units as usize))), ..Units::apart(units) }
    }

    fn of(units: u64, together: bool) -> Units {
        if together {
            Units::together(units)
        } else {
            Units::apart(units)
        }
    }

    fn start(&mut self, work: impl FnOnce() -> u64 + Send + 'static) {
        let barrier = self.barrier.clone();
        self.threads.push(start(self.units, move || {
            if let Some(barrier) = barrier {
                barrier.wait();
            }
            let begin = Instant::now();
            Span { answer: work(), begin, end: Instant::now() }
        }));
    }

    /// Units that do the same, each with its index.
    fn run(mut self, work: impl Fn(u64) -> u64 + Clone + Send + 'static) -> Done {
        for index in 0..self.units {
            let work = work.clone();
            self.start(move || work(index));
        }
        self.join()
    }

    fn join(self) -> Done {
        let spans: Vec<Span> = self.threads.into_iter().map(join).collect();
        Done::of(&spans, self.begin, self.barrier.is_some())
    }
}

fn shared_count(units: Units, size: u64, discipline: &str) -> Done {
    let counter = Arc::new(Counter::of(discipline));
    let shared = counter.clone();
    let done = units.run(move |index| {
        shared.add(index, size);
        0
    });
    Done { answer: counter.value(), ..done }
}

/// A race in safe Rust, whose rules exclude data races only: each load and each store is atomic.
fn shared_count_across_await(units: Units, size: u64) -> Done {
    let counter = Arc::new(AtomicU64::new(0));
    let shared = counter.clone();
    let done = units.run(move |_| {
        for _ in 0..size {
            let seen = shared.load(Relaxed);
            thread::yield_now();
            shared.store(seen + 1, Relaxed);
        }
        0
    });
    Done { answer: counter.load(Relaxed), ..done }
}

/// The first unit owns the counter. It is done when all senders are gone.
fn shared_count_by_channel(mut senders: Units, size: u64) -> Done {
    let (sender, receiver) = mpsc::sync_channel::<u64>(1024);
    senders.start(move || receiver.iter().sum());
    for _ in 1..senders.units {
        let sender = sender.clone();
        senders.start(move || {
            (0..size).for_each(|_| sender.send(1).expect("the owner receives"));
            0
        });
    }
    drop(sender);
    senders.join()
}

fn spawn(units: u64, size: u64) -> Done {
    let done = Units::apart(units).run(move |_| (0..size).map(|_| join(start(2 * units, || 1))).sum());
    Done { units: units + units * size, ..done }
}

fn sleepers(units: u64, size: u64) -> Done {
    let time = Duration::from_millis(size);
    Units::together(units).run(move |_| {
        let begin = Instant::now();
        thread::sleep(time);
        u64::from(begin.elapsed() >= time)
    })
}

fn ping_pong(size: u64) -> Done {
    let (ping, pings) = mpsc::sync_channel(1);
    let (pong, pongs) = mpsc::sync_channel(1);
    let mut two = Units::together(2);
    two.start(move || {
        let mut number = 0;
        for _ in 0..size {
            ping.send(number).expect("the second receives");
            number = pongs.recv().expect("the second answers");
        }
        number
    });
    two.start(move || {
        pings.iter().for_each(|number: u64| pong.send(number + 1).expect("the first receives"));
        0
    });
    two.join()
}

fn shared_count_by(discipline: &str, units: Units, size: u64) -> Done {
    match discipline {
        "channel" => shared_count_by_channel(units, size),
        "across-await" => shared_count_across_await(units, size),
        _ => shared_count(units, size, discipline),
    }
}

/// words: the job, the units, the size, the discipline, the start.
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Job { name, units, size, discipline, together } = Job::of(&words);
    let done = match name.as_str() {
        "count" => Units::apart(units).run(move |_| count(size)),
        "image" => Units::apart(units).run(move |index| image(index, units, size)),
        "shared-count" => shared_count_by(&discipline, Units::of(units, together), size),
        "spawn" => spawn(units, size),
        "sleepers" => sleepers(units, size),
        "ping-pong" => ping_pong(size),
        _ => refuse(format!("the job {name:?}"), "count, image, shared-count, spawn, sleepers or ping-pong"),
    };
    done.print(&facts::runtime("std"));
}
