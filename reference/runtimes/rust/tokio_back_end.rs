//! The pool of connections to the back end, for tasks that await their calls.
use crate::back_end::{reply, Address, Calls, Failure, Session};
use crate::protocol::Asked;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{timeout_at, Instant};

pub struct BackEnd {
    address: Address,
    permits: Semaphore,           // One for each connection. Tasks get them in the order in which they came.
    free: Mutex<Vec<Connection>>, // The one that was free last is at the end.
}

struct Connection {
    stream: TcpStream,
    session: Session,
    pending: Vec<u8>,
}

impl BackEnd {
    pub fn new(address: Address, pool: usize) -> BackEnd {
        BackEnd { address, permits: Semaphore::new(pool), free: Mutex::default() }
    }

    pub async fn answer(&'static self, calls: Calls) -> Asked {
        reply(self.run(calls).await)
    }

    async fn run(&'static self, calls: Calls) -> Result<Vec<Vec<u8>>, Failure> {
        let mut answers = Vec::with_capacity(calls.count as usize);
        if calls.at_once {
            let due = self.due();
            let tasks: Vec<_> = calls.items().into_iter().map(|item| tokio::spawn(self.call(item, due))).collect();
            for task in tasks {
                answers.push(task.await.expect("a task that does not panic")?);
            }
        } else {
            for item in calls.items() {
                answers.push(self.call(item, self.due()).await?);
            }
        }
        Ok(answers)
    }

    fn due(&self) -> Instant {
        Instant::now() + self.address.timeout
    }

    /// Where the time is over, what has been begun is dropped, and with it the connection.
    async fn call(&self, item: u64, due: Instant) -> Result<Vec<u8>, Failure> {
        timeout_at(due, self.exchange(item)).await.unwrap_or(Err(Failure::Late))
    }

    async fn exchange(&self, item: u64) -> Result<Vec<u8>, Failure> {
        let _permit = self.permits.acquire().await.expect("a semaphore that is not closed");
        let free = self.free.lock().unwrap().pop();
        let mut connection = match free {
            Some(connection) => connection,
            None => Connection::open(&self.address).await?,
        };
        let question = connection.session.ask(item);
        connection.stream.write_all(&question).await?;
        let answer = connection.read().await?;
        if !connection.session.ends {
            self.free.lock().unwrap().push(connection);
        }
        Ok(answer)
    }
}

impl Connection {
    async fn open(address: &Address) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(address.socket).await?;
        let mut connection = Connection { stream, session: address.session(), pending: Vec::new() };
        if let Some(opening) = connection.session.opening() {
            connection.stream.write_all(opening).await?;
            connection.read().await?;
        }
        Ok(connection)
    }

    async fn read(&mut self) -> Result<Vec<u8>, Failure> {
        loop {
            if self.stream.read_buf(&mut self.pending).await? == 0 {
                return Err(Failure::NoValue);
            }
            if let Some(answer) = self.session.take(&mut self.pending)? {
                return Ok(answer);
            }
        }
    }
}
