//! A line that breaks: a TCP proxy on loopback between somebody and a server.
//!
//! | Told | Who is connected | Who connects |
//! |---|---|---|
//! | [`mend`](Proxy::mend) | is passed on | is passed on |
//! | [`cut`](Proxy::cut) | is cut off | is cut off |
//! | [`silence`](Proxy::silence) | hears nothing, and nobody says why | the same |
//! | [`lose`](Proxy::lose) | hears nothing ever again, and nobody says why | is passed on |
//!
//! What was sent into the silence arrives when it is over, late, as on a network that heals.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

/// The line at work. It ends, with all that is connected, when this is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    Cut,
    Silent,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    line: Line,
    server: SocketAddr,
    /// Both ends of each connection.
    connections: HashMap<u64, [TcpStream; 2]>,
    last: u64,
    /// Connections up to this one are lost.
    lost: u64,
    ended: bool,
}

impl Proxy {
    /// A line to the server at this address, which need not be there yet.
    pub fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = State {
            line: Line::Whole,
            server,
            connections: HashMap::new(),
            last: 0,
            lost: 0,
            ended: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for client in listener.incoming().flatten() {
                    if shared.state().ended {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    // A server that is not there is a connection that ends.
                    thread::spawn(move || drop(shared.connect(client)));
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// Where to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads to another server from now on; who is connected stays with the one before.
    pub fn lead_to(&self, server: SocketAddr) {
        self.shared.state().server = server;
    }

    /// Ends every connection, and each that is made, until it is mended.
    pub fn cut(&self) {
        let mut state = self.shared.state();
        state.line = Line::Cut;
        state.hang_up();
        self.shared.changed.notify_all();
    }

    /// Holds back whatever is said, on either side, until it is mended or cut.
    pub fn silence(&self) {
        self.shared.state().line = Line::Silent;
    }

    /// Swallows whatever is said on the connections there are, as a line does that was cut through while
    /// both ends believe in it. New ones are as they were.
    pub fn lose(&self) {
        let mut state = self.shared.state();
        state.lost = state.last;
    }

    /// Passes everything on again.
    pub fn mend(&self) {
        self.shared.state().line = Line::Whole;
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            (state.ended, state.line) = (true, Line::Cut);
            state.hang_up();
        }
        self.shared.changed.notify_all();
        // Who listens wakes up and sees it.
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    fn hang_up(&mut self) {
        for end in self.connections.drain().flat_map(|(_, ends)| ends) {
            // Who hung up already need not be told.
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits out the silence; `None` where the line is cut.
    fn whole(&self) -> Option<MutexGuard<'_, State>> {
        let silent = |state: &mut State| state.line == Line::Silent;
        let state = self.changed.wait_while(self.state(), silent);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        (state.line == Line::Whole).then_some(state)
    }

    fn connect(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        let Some(server) = self.whole().map(|state| state.server) else { return Ok(()) };
        let server = TcpStream::connect(server)?;
        let number = {
            let Some(mut state) = self.whole() else { return Ok(()) };
            state.last += 1;
            let (number, ends) = (state.last, [client.try_clone()?, server.try_clone()?]);
            state.connections.insert(number, ends);
            number
        };
        let (asking, answering) = (client.try_clone()?, server.try_clone()?);
        let shared = Arc::clone(&self);
        let back = thread::spawn(move || shared.pass_on(number, answering, asking));
        self.pass_on(number, client, server);
        let _ = back.join();
        self.state().connections.remove(&number);
        Ok(())
    }

    /// Until one end is over; the other is told so.
    fn pass_on(&self, number: u64, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let Some(is_lost) = self.whole().map(|state| number <= state.lost) else { break };
            if !is_lost && to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }
}
