//! The pool of connections to the back end, for calls that block their thread.
use crate::back_end::{reply, Address, Calls, Failure, Session};
use crate::protocol::Asked;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// A Condvar does not keep the order of those who wait: a thread that comes when a connection is given back may take it
/// before the one that was woken for it.
pub struct BackEnd {
    address: Address,
    free: Mutex<Vec<Connection>>, // The one that was free last is at the end.
    freed: Condvar,
}

/// It is made by the first call, and again by the next one after a failure.
#[derive(Default)]
struct Connection {
    open: Option<(Socket, Session, Vec<u8>)>,
}

/// It keeps the time of a read itself. A wait is cut into pieces of one length, so that this time is seldom set anew.
struct Socket {
    stream: TcpStream,
    piece: Duration,
    set: Duration,
}

impl Socket {
    fn connect(address: &Address, due: Instant) -> Result<Socket, Failure> {
        let stream = TcpStream::connect_timeout(&address.socket, until(due)?)?;
        let piece = (address.timeout / 4).clamp(Duration::from_millis(1), Duration::from_millis(250));
        stream.set_read_timeout(Some(piece))?;
        Ok(Socket { stream, piece, set: piece })
    }

    fn read(&mut self, buffer: &mut [u8], due: Instant) -> Result<usize, Failure> {
        loop {
            let longest = until(due)?.min(self.piece);
            if longest != self.set {
                self.stream.set_read_timeout(Some(longest))?;
                self.set = longest;
            }
            match self.stream.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {} // A piece is over.
                read => return Ok(read?),
            }
        }
    }
}

impl BackEnd {
    pub fn new(address: Address, pool: usize) -> BackEnd {
        let free = Mutex::new((0..pool).map(|_| Connection::default()).collect());
        BackEnd { address, free, freed: Condvar::new() }
    }

    pub fn answer(&self, calls: Calls) -> Asked {
        let items = calls.items();
        if calls.at_once {
            return reply(self.call(&items));
        }
        reply(items.chunks(1).map(|item| Ok(self.call(item)?.remove(0))).collect())
    }

    /// Sends on all connections that are free, and on one at least, then reads from each in turn; and so on with the rest.
    fn call(&self, items: &[u64]) -> Result<Vec<Vec<u8>>, Failure> {
        let due = Instant::now() + self.address.timeout;
        let mut answers = Vec::with_capacity(items.len());
        let mut rest = items.iter().copied().peekable();
        while let Some(item) = rest.next() {
            let mut lent = vec![self.wait(due)?];
            lent[0].send(item, due)?;
            while rest.peek().is_some() {
                let mut another = match self.free.lock().unwrap().pop() {
                    Some(connection) => self.lend(connection),
                    None => break,
                };
                another.send(rest.next().expect("an item"), due)?;
                lent.push(another);
            }
            for mut connection in lent {
                answers.push(connection.receive(due)?);
            }
        }
        Ok(answers)
    }

    fn wait(&self, due: Instant) -> Result<Lent<'_>, Failure> {
        let mut free = self.free.lock().unwrap();
        loop {
            if let Some(connection) = free.pop() {
                return Ok(self.lend(connection));
            }
            free = self.freed.wait_timeout(free, until(due)?).unwrap().0;
        }
    }

    fn lend(&self, connection: Connection) -> Lent<'_> {
        Lent { back_end: self, connection, busy: false }
    }
}

fn until(due: Instant) -> Result<Duration, Failure> {
    due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()).ok_or(Failure::Late)
}

/// A connection goes back to the pool when this is dropped, and is closed before where it still owes an answer.
struct Lent<'a> {
    back_end: &'a BackEnd,
    connection: Connection,
    busy: bool,
}

impl Lent<'_> {
    fn send(&mut self, item: u64, due: Instant) -> Result<(), Failure> {
        self.busy = true;
        if self.connection.open.is_none() {
            let address = &self.back_end.address;
            let mut socket = Socket::connect(address, due)?;
            let session = address.session();
            let opening = session.opening();
            socket.stream.write_all(opening.unwrap_or(b""))?;
            self.connection.open = Some((socket, session, Vec::new()));
            if opening.is_some() {
                self.read(due)?;
            }
        }
        if let Some((socket, session, _)) = &mut self.connection.open {
            socket.stream.write_all(&session.ask(item))?;
        }
        Ok(())
    }

    fn receive(&mut self, due: Instant) -> Result<Vec<u8>, Failure> {
        let answer = self.read(due)?;
        self.busy = self.connection.open.as_ref().map_or(false, |(_, session, _)| session.ends);
        Ok(answer)
    }

    fn read(&mut self, due: Instant) -> Result<Vec<u8>, Failure> {
        let (socket, session, pending) = self.connection.open.as_mut().ok_or(Failure::NoValue)?;
        let mut buffer = [0; 4096];
        loop {
            let read = socket.read(&mut buffer, due)?;
            if read == 0 {
                return Err(Failure::NoValue);
            }
            pending.extend_from_slice(&buffer[..read]);
            if let Some(answer) = session.take(pending)? {
                return Ok(answer);
            }
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let connection = std::mem::take(&mut self.connection);
        if self.busy {
            drop(connection);
            self.back_end.free.lock().unwrap().insert(0, Connection::default());
        } else {
            self.back_end.free.lock().unwrap().push(connection);
        }
        self.back_end.freed.notify_one();
    }
}
