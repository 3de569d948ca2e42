//! The jobs, on a task of tokio per unit. A task that computes holds its thread until it is done. tokio has no sha256.
mod counter;
mod facts;
mod image;
mod job;
mod work;

use counter::Counter;
use image::image;
use job::{refuse, Done, Job, Span};
use std::future::Future;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, Mutex, Semaphore};
use tokio::task::{yield_now, JoinHandle};
use work::count;

/// A task that has panicked has said why; the program then ends as it did.
async fn join<T>(task: JoinHandle<T>) -> T {
    task.await.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

/// None begins before all of them exist. They are let go by the thread of block_on, which is no worker: what one task wakes
/// comes next on the worker of that task, where no other worker takes it, and a task that computes would hold it up.
struct Start {
    arrived: Semaphore,
    open: Semaphore,
}

impl Start {
    fn new() -> Start {
        Start { arrived: Semaphore::new(0), open: Semaphore::new(0) }
    }

    async fn wait(&self) {
        self.arrived.add_permits(1);
        self.open.acquire().await.expect("it is not closed").forget();
    }

    async fn let_go(&self, units: u64) {
        self.arrived.acquire_many(units as u32).await.expect("it is not closed").forget();
        self.open.add_permits(units as usize);
    }
}

/// The tasks of a job.
struct Units {
    units: u64,
    start: Option<Arc<Start>>,
    begin: Instant,
    tasks: Vec<JoinHandle<Span>>,
}

impl Units {
    /// Each begins when it has been made.
    fn apart(units: u64) -> Units {
        let tasks = Vec::with_capacity(units as usize); // Before the clock starts.
        Units { units, start: None, begin: Instant::now(), tasks }
    }

    fn together(units: u64) -> Units {
        Units { start: Some(Arc::new(Start::new())), ..Units::apart(units) }
    }

    fn of(units: u64, together: bool) -> Units {
        if together {
            Units::together(units)
        } else {
            Units::apart(units)
        }
    }

    fn start(&mut self, work: impl Future<Output = u64> + Send + 'static) {
        let start = self.start.clone();
        self.tasks.push(tokio::spawn(async move {
            let begin = begin(start).await;
            Span { answer: work.await, begin, end: Instant::now() }
        }));
    }

    /// Units that do the same, each with its index.
    async fn run<F>(mut self, work: impl Fn(u64) -> F) -> Done
    where
        F: Future<Output = u64> + Send + 'static,
    {
        for index in 0..self.units {
            self.start(work(index));
        }
        self.join().await
    }

    async fn join(self) -> Done {
        if let Some(start) = &self.start {
            start.let_go(self.units).await;
        }
        let mut spans = Vec::with_capacity(self.tasks.len());
        for task in self.tasks {
            spans.push(join(task).await);
        }
        Done::of(&spans, self.begin, self.start.is_some())
    }
}

async fn begin(start: Option<Arc<Start>>) -> Instant {
    if let Some(start) = start {
        start.wait().await;
    }
    Instant::now()
}

async fn shared_count(units: Units, size: u64, discipline: &str) -> Done {
    let counter = Arc::new(Counter::of(discipline));
    let add = |index| {
        let counter = counter.clone();
        async move {
            counter.add(index, size);
            0
        }
    };
    let done = units.run(add).await;
    Done { answer: counter.value(), ..done }
}

/// A race in safe Rust, whose rules exclude data races only: each load and each store is atomic, and an await in between.
async fn shared_count_across_await(units: Units, size: u64) -> Done {
    let counter = Arc::new(AtomicU64::new(0));
    let add = |_| {
        let counter = counter.clone();
        async move {
            for _ in 0..size {
                let seen = counter.load(Relaxed);
                yield_now().await;
                counter.store(seen + 1, Relaxed);
            }
            0
        }
    };
    let done = units.run(add).await;
    Done { answer: counter.load(Relaxed), ..done }
}

/// A task keeps tokio's Mutex across an await. The standard library's guard is not Send: rustc refuses it here.
async fn shared_count_locked_await(units: Units, size: u64) -> Done {
    let counter = Arc::new(Mutex::new(0));
    let add = |_| {
        let counter = counter.clone();
        async move {
            for _ in 0..size {
                let mut held = counter.lock().await;
                let seen = *held;
                yield_now().await;
                *held = seen + 1;
            }
            0
        }
    };
    let done = units.run(add).await;
    let answer = *counter.lock().await;
    Done { answer, ..done }
}

/// The first unit owns the counter. It is done when all senders are gone.
async fn shared_count_by_channel(mut senders: Units, size: u64) -> Done {
    let (sender, mut receiver) = mpsc::channel::<u64>(1024);
    senders.start(async move {
        let mut count = 0;
        while let Some(one) = receiver.recv().await {
            count += one;
        }
        count
    });
    for _ in 1..senders.units {
        let sender = sender.clone();
        senders.start(async move {
            for _ in 0..size {
                sender.send(1).await.expect("the owner receives");
            }
            0
        });
    }
    drop(sender);
    senders.join().await
}

async fn spawn(units: u64, size: u64) -> Done {
    let makes = move |_| async move {
        let mut sum = 0;
        for _ in 0..size {
            sum += join(tokio::spawn(async { 1 })).await;
        }
        sum
    };
    let done = Units::apart(units).run(makes).await;
    Done { units: units + units * size, ..done }
}

/// Without start(): the timer is aligned to 128 bytes, and so a future around this one would add 128 bytes to each task.
async fn sleepers(units: u64, size: u64) -> Done {
    let time = Duration::from_millis(size);
    let mut all = Units::together(units);
    for _ in 0..units {
        let start = all.start.clone();
        all.tasks.push(tokio::spawn(async move {
            let begin = begin(start).await;
            tokio::time::sleep(time).await;
            let end = Instant::now();
            Span { answer: u64::from(end - begin >= time), begin, end }
        }));
    }
    all.join().await
}

/// The answer is that of the first tree.
async fn skynet(units: u64, leaves: u64) -> Done {
    if !(0..20).any(|digits| leaves == 10u64.pow(digits)) {
        refuse(format!("{leaves} leaves"), "a power of ten");
    }
    let root = move |index| async move {
        let sum = tree(0, leaves).await;
        if index == 0 {
            sum
        } else {
            0
        }
    };
    let done = Units::apart(units).run(root).await;
    Done { units: units * (leaves + (leaves - 1) / 9), ..done }
}

async fn tree(first: u64, leaves: u64) -> u64 {
    if leaves == 1 {
        return first;
    }
    let below = leaves / 10;
    let branches: [_; 10] = std::array::from_fn(|which| branch(first + which as u64 * below, below));
    let mut sum = 0;
    for branch in branches {
        sum += join(branch).await;
    }
    sum
}

/// Its type has a name, unlike that of tree(), which could not contain itself.
fn branch(first: u64, leaves: u64) -> JoinHandle<u64> {
    tokio::spawn(tree(first, leaves))
}

async fn ping_pong(size: u64) -> Done {
    let (ping, mut pings) = mpsc::channel(1);
    let (pong, mut pongs) = mpsc::channel(1);
    let mut two = Units::together(2);
    two.start(async move {
        let mut number = 0;
        for _ in 0..size {
            ping.send(number).await.expect("the second receives");
            number = pongs.recv().await.expect("the second answers");
        }
        number
    });
    two.start(async move {
        while let Some(number) = pings.recv().await {
            pong.send(number + 1).await.expect("the first receives");
        }
        0
    });
    two.join().await
}

async fn shared_count_by(discipline: &str, units: Units, size: u64) -> Done {
    match discipline {
        "channel" => shared_count_by_channel(units, size).await,
        "across-await" => shared_count_across_await(units, size).await,
        "locked-await" => shared_count_locked_await(units, size).await,
        _ => shared_count(units, size, discipline).await,
    }
}

async fn run(Job { name, units, size, discipline, together }: Job) -> Done {
    match name.as_str() {
        "count" => Units::apart(units).run(move |_| async move { count(size) }).await,
        "image" => Units::apart(units).run(move |index| async move { image(index, units, size) }).await,
        "shared-count" => shared_count_by(&discipline, Units::of(units, together), size).await,
        "spawn" => spawn(units, size).await,
        "sleepers" => sleepers(units, size).await,
        "skynet" => skynet(units, size).await,
        "ping-pong" => ping_pong(size).await,
        _ => refuse(format!("the job {name:?}"), "count, image, shared-count, spawn, sleepers, skynet or ping-pong"),
    }
}

/// The runtime, and how many threads run its tasks: one for each CPU, as tokio has them by default.
fn runtime(kind: &str) -> (Runtime, usize) {
    let (mut builder, threads) = match kind {
        "multi-thread" => (Builder::new_multi_thread(), available_parallelism().map_or(1, usize::from)),
        "current-thread" => (Builder::new_current_thread(), 1),
        _ => refuse(format!("the runtime {kind:?}"), "multi-thread or current-thread"),
    };
    let runtime = builder.worker_threads(threads).enable_all().build();
    (runtime.unwrap_or_else(|error| refuse(error, "a runtime")), threads)
}

/// words: current-thread or multi-thread, the job, the units, the size, the discipline, the start.
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let kind = words.first().map_or("", String::as_str);
    let (runtime, threads) = runtime(kind);
    let done = runtime.block_on(run(Job::of(words.get(1..).unwrap_or_default())));
    done.print(&facts::with_threads(kind, Some(threads)));
}
