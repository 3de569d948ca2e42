'use strict';
// The jobs of bakeoff on worker threads, one per unit: each has a V8 of its own.
const path = require('node:path');
const { MessageChannel, Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { beginTogether, fail, printLine, readArguments, refuse, sum } = require('./jobs.js');
const work = require('./work.js');

const ONE = path.join(__dirname, 'one.js');
const PARTS = 16;
const PART_STEP = 64 / Int32Array.BYTES_PER_ELEMENT; // Each part has a cache line of its own.
const ROOM = 1024;
const EMPTY = -1;
const READY = 'ready';
// What Node says when the system gives no thread, or no descriptor for a worker's loop or its files.
const NO_WORKER = ['ERR_WORKER_INIT_FAILED', 'EAGAIN', 'EMFILE'];

function plain({ counter, size }) {
  for (let i = 0; i < size; i++) counter[0]++;
}

function atomic({ counter, size }) {
  for (let i = 0; i < size; i++) Atomics.add(counter, 0, 1);
}

function sharded({ counter, index, size }) {
  const part = (index % PARTS) * PART_STEP;
  for (let i = 0; i < size; i++) Atomics.add(counter, part, 1);
}

function local({ counter, size }) {
  Atomics.add(counter, 0, work.count({ size }));
}

async function channel({ counter, index, ports, size }) {
  if (index > 0) return send(ports[0], size);
  await Promise.all(ports.map((port) => receive(port, size, counter)));
}

// A port's queue has no bound. So the owner tells how many numbers it has taken, and a sender waits when there is no room.
async function send(port, size) {
  let room = ROOM;
  let roomAgain;
  port.on('message', (taken) => {
    room += taken;
    roomAgain?.();
  });
  for (let i = 0; i < size; i++) {
    while (room === 0) await new Promise((resolve) => (roomAgain = resolve));
    room--;
    port.postMessage(1);
  }
}

function receive(port, size, counter) {
  return new Promise((resolve) => {
    let received = 0;
    port.on('message', (number) => {
      counter[0] += number;
      received++;
      if (received % (ROOM / 2) === 0) port.postMessage(ROOM / 2);
      if (received === size) {
        port.close();
        resolve();
      }
    });
  });
}

const disciplines = { plain, atomic, sharded, channel, local };

async function sharedCount(unit) {
  await disciplines[unit.discipline](unit);
  return 0;
}

async function spawn({ size }) {
  let answer = 0;
  for (let i = 0; i < size; i++) await ended(new Worker(ONE), (one) => (answer += one));
  return answer;
}

function sleepers({ size }) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  return Atomics.wait(never, 0, 0, size) === 'timed-out' ? 1 : 0;
}

function put(mailboxes, at, number) {
  Atomics.store(mailboxes, at, number);
  Atomics.notify(mailboxes, at);
}

function take(mailboxes, at) {
  while (Atomics.load(mailboxes, at) === EMPTY) Atomics.wait(mailboxes, at, EMPTY);
  return Atomics.exchange(mailboxes, at, EMPTY);
}

// The first unit sends by mailbox 0, the second by mailbox 1. One number is on its way at a time, so that put finds its mailbox
// empty.
function pingPong({ index, mailboxes, size }) {
  return index === 0 ? ping(mailboxes, size) : pong(mailboxes, size);
}

function ping(mailboxes, size) {
  let number = 0;
  for (let i = 0; i < size; i++) {
    put(mailboxes, 0, number);
    number = take(mailboxes, 1);
  }
  return number;
}

function pong(mailboxes, size) {
  for (let i = 0; i < size; i++) put(mailboxes, 1, take(mailboxes, 0) + 1);
  return 0;
}

const jobs = {
  count: work.count,
  sha256: work.sha256,
  image: work.image,
  'shared-count': sharedCount,
  spawn,
  sleepers,
  'ping-pong': pingPong,
};

// A promise for the end of a worker. It rejects where the worker fails.
function ended(worker, onMessage) {
  return new Promise((resolve, reject) => {
    worker.on('message', onMessage).on('error', reject).on('exit', resolve);
  });
}

async function runUnit() {
  const { job, gate } = workerData;
  if (beginTogether(workerData)) {
    parentPort.postMessage(READY);
    Atomics.wait(gate, 0, 0);
  }
  parentPort.postMessage(await jobs[job](workerData));
}

// The ports of each unit: one end of a channel from each to the first.
function connect(units) {
  const ports = Array.from({ length: units }, () => []);
  for (let index = 1; index < units; index++) {
    const { port1, port2 } = new MessageChannel();
    ports[0].push(port1);
    ports[index].push(port2);
  }
  return ports;
}

function openGate(gate) {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

async function main() {
  const order = readArguments(jobs, disciplines, { 'ping-pong': 2 ** 31 - 1 });
  try {
    await run(order);
  } catch (error) {
    if (NO_WORKER.includes(error.code)) refuse('no further worker', `${order.units} units`);
    throw error;
  }
}

async function run(order) {
  const { job, units, size, discipline } = order;
  if (job === 'shared-count' && units * size >= 2 ** 32) {
    refuse(`${units} units times ${size}`, 'a product below 2^32, because the counter has 32 bits');
  }
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const counter = new Int32Array(new SharedArrayBuffer(4 * PARTS * PART_STEP));
  const mailboxes = new Int32Array(new SharedArrayBuffer(8)).fill(EMPTY);
  const ports = job === 'shared-count' && discipline === 'channel' ? connect(units) : [];
  const times = { begin: process.hrtime.bigint() };
  const answers = [];
  let ready = 0;

  function onMessage(message) {
    if (message !== READY) {
      answers.push(message);
      times.workEnd = process.hrtime.bigint();
    } else if (++ready === units) {
      times.alive = ready;
      times.workBegin = process.hrtime.bigint();
      openGate(gate);
    }
  }

  const ends = [];
  for (let index = 0; index < units; index++) {
    const unit = { ...order, index, gate, counter, mailboxes, ports: ports[index] };
    const worker = new Worker(__filename, { workerData: unit, transferList: unit.ports });
    ends.push(ended(worker, onMessage));
  }
  await Promise.all(ends);
  times.end = process.hrtime.bigint();

  if (answers.length < units) throw new Error(`found ${answers.length} answers, expected ${units}`);
  const answer = job === 'shared-count' ? counter.reduce((total, part) => total + (part >>> 0), 0) : sum(answers);
  printLine(order, answer, job === 'spawn' ? units * (1 + size) : units, times);
}

if (isMainThread) main().catch(fail);
else runUnit();
