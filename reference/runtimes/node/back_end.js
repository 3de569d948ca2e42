'use strict';
// The client of the back end: the pool of connections of one loop, and the three protocols.
const net = require('node:net');

const ITEMS = 10000;
const MOST_ANSWER = 65536;

class LateError extends Error {}

// A protocol, of which each connection has one, makes the bytes of a call. take(pending) finds the answer at the beginning of
// what has come: { answer, end }, or null when it is not complete. It throws where there is no value.

class OverHttp {
  opening = null;
  ends = false; // The back end closes the connection.

  constructor(host) {
    this.host = host;
  }

  ask(k) {
    return `GET /id/${k} HTTP/1.1\r\nHost: ${this.host}\r\n\r\n`;
  }

  take(pending) {
    const begin = pending.indexOf('\r\n\r\n') + 4;
    if (begin < 4) return null;
    const head = pending.latin1Slice(0, begin);
    const size = /\r\ncontent-length:[ \t]*([0-9]{1,5})[ \t]*\r\n/i.exec(head);
    if (!head.startsWith('HTTP/1.1 200 ') || size === null) throw new Error(head);
    const end = begin + Number(size[1]);
    if (pending.length < end) return null;
    this.ends = /\r\nconnection:[ \t]*close[ \t]*\r\n/i.test(head);
    return { answer: pending.latin1Slice(begin, end), end };
  }
}

class OverRedis {
  opening = null;
  ends = false;

  ask(k) {
    const key = `item:${k}`;
    return `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`;
  }

  take(pending) {
    const begin = pending.indexOf('\r\n') + 2;
    if (begin < 2) return null;
    const size = /^\$([0-9]{1,5})\r\n$/.exec(pending.latin1Slice(0, begin));
    if (size === null) throw new Error('no bulk');
    const end = begin + Number(size[1]);
    if (pending.length < end + 2) return null;
    if (pending.latin1Slice(end, end + 2) !== '\r\n') throw new Error('no bulk');
    return { answer: pending.latin1Slice(begin, end), end: end + 2 };
  }
}

// Protocol 3.0 by the extended query: https://www.postgresql.org/docs/current/protocol.html
class OverPostgres {
  opening = Buffer.from('\0\0\0\x27\0\x03\0\0user\0bakeoff\0database\0bakeoff\0\0', 'latin1');
  ends = false;
  opened = false;
  parsed = false;

  // A kind, the length without the kind, and the content.
  static message(kind, content) {
    const bytes = Buffer.from(`${kind}\0\0\0\0${content}`, 'latin1');
    bytes.writeInt32BE(bytes.length - 1, 1);
    return bytes;
  }

  static EXECUTE_AND_SYNC = Buffer.from('E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04', 'latin1');

  ask(k) {
    const text = `${k}`;
    const parse = this.parsed ? [] : [OverPostgres.message('P', 'item\0SELECT value FROM items WHERE id = $1\0\0\0')];
    this.parsed = true;
    const bind = OverPostgres.message('B', `\0item\0\0\0\0\x01\0\0\0${String.fromCharCode(text.length)}${text}\0\0`);
    return Buffer.concat([...parse, bind, OverPostgres.EXECUTE_AND_SYNC]);
  }

  // The value of the row; that of the opening is ''.
  take(pending) {
    let answer = this.opened ? null : '';
    for (let at = 0; pending.length >= at + 5; ) {
      const kind = String.fromCharCode(pending[at]);
      const content = at + 5;
      const size = pending.readUInt32BE(at + 1);
      if (size < 4 || size > MOST_ANSWER) throw new Error('no message');
      at += 1 + size;
      if (pending.length < at) return null;
      if (kind === 'Z' && answer !== null) {
        this.opened = true;
        return { answer, end: at };
      }
      if (kind === 'D' && answer === null) {
        // One column, its length, which is -1 for a null, and the value.
        const column = size < 10 || pending.readInt16BE(content) !== 1 ? NaN : pending.readInt32BE(content + 2);
        if (column !== size - 10) throw new Error('no value');
        answer = pending.latin1Slice(content + 6, at);
      } else if (kind === 'R' && !this.opened) {
        if (size !== 8 || pending.readInt32BE(content) !== 0) throw new Error('a password is asked for');
      } else if (!(this.opened ? '12CNS' : 'KNS').includes(kind)) {
        throw new Error('an error, or no row');
      }
    }
    return null;
  }
}

// It is made by the first call, and again by the next one after a failure. It has one call at a time.
class Connection {
  socket = null;
  settle = null; // Ends the exchange that is under way: with an error, or null and the answer.

  constructor(makeProtocol, address) {
    this.makeProtocol = makeProtocol;
    this.address = address;
  }

  async call(k) {
    if (this.socket === null) {
      this.open();
      if (this.protocol.opening !== null) await this.exchange(this.protocol.opening);
    }
    const answer = await this.exchange(this.protocol.ask(k));
    if (this.protocol.ends) this.close();
    return answer;
  }

  exchange(bytes) {
    return new Promise((resolve, reject) => {
      this.settle = (error, answer) => {
        this.settle = null;
        if (error) reject(error);
        else resolve(answer);
      };
      this.socket.write(bytes);
    });
  }

  open() {
    this.protocol = this.makeProtocol();
    this.pending = Buffer.alloc(0);
    const socket = net.connect({ ...this.address, noDelay: true });
    this.socket = socket;
    socket.on('data', (bytes) => this.socket === socket && this.take(bytes));
    socket.on('error', (error) => this.socket === socket && this.close(error));
    socket.on('close', () => this.socket === socket && this.close(new Error('the connection has ended')));
  }

  take(bytes) {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    try {
      const taken = this.settle === null ? null : this.protocol.take(this.pending);
      if (taken === null && this.pending.length > MOST_ANSWER) throw new Error('too long');
      if (taken === null) return;
      this.pending = this.pending.subarray(taken.end);
      this.settle(null, taken.answer);
    } catch (error) {
      this.close(error);
    }
  }

  close(error) {
    this.socket?.destroy();
    this.socket = null;
    this.settle?.(error);
  }
}

class BackEnd {
  waiting = new Set(); // In the order in which they came.

  constructor(url, pool, timeout) {
    const { protocol, hostname, port, host } = new URL(url);
    const makeProtocol = {
      'http:': () => new OverHttp(host),
      'redis:': () => new OverRedis(),
      'postgres:': () => new OverPostgres(),
    }[protocol];
    this.timeout = timeout;
    // The one that was free last is at the end.
    this.free = Array.from({ length: pool }, () => new Connection(makeProtocol, { host: hostname, port: +port }));
  }

  // The status and the body that the calls come to.
  async answer({ count, first, atOnce }) {
    const items = Array.from({ length: count }, (_, i) => (first + i) % ITEMS);
    try {
      let answers = [];
      if (atOnce) {
        const due = this.due();
        answers = await Promise.all(items.map((k) => this.call(k, due)));
      } else {
        for (const k of items) answers.push(await this.call(k, this.due()));
      }
      return { status: 200, body: answers.join(' ') };
    } catch (error) {
      if (error instanceof LateError) return { status: 504, body: 'Gateway Timeout' };
      return { status: 502, body: 'Bad Gateway' };
    }
  }

  due() {
    return performance.now() + this.timeout;
  }

  async call(k, due) {
    const connection = this.free.pop() ?? (await this.wait(due));
    const timer = setTimeout(() => connection.close(new LateError()), Math.max(1, due - performance.now()));
    try {
      return await connection.call(k);
    } finally {
      clearTimeout(timer);
      this.giveBack(connection);
    }
  }

  wait(due) {
    return new Promise((resolve, reject) => {
      const waiter = { resolve };
      this.waiting.add(waiter);
      waiter.timer = setTimeout(() => {
        this.waiting.delete(waiter);
        reject(new LateError());
      }, Math.max(1, due - performance.now()));
    });
  }

  giveBack(connection) {
    const [waiter] = this.waiting;
    if (waiter === undefined) {
      this.free.push(connection);
      return;
    }
    this.waiting.delete(waiter);
    clearTimeout(waiter.timer);
    waiter.resolve(connection);
  }
}

module.exports = { BackEnd, ITEMS };
