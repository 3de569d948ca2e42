'use strict';
// Claimed by a course page: the worker threads of Node.js share the variables of a module, so that two workers which add
// to one race.
//
// The program is that of the page: a module with a variable, and two workers of the same file that add 1,000 to it each.
// What each worker and main read afterwards is compared with a SharedArrayBuffer that the workers add to with
// Atomics.add.
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const WORKERS = 2;
const ADDITIONS = 1000;

let counter = 0;

function addAll(shared) {
  for (let i = 0; i < ADDITIONS; i++) {
    counter++;
    Atomics.add(shared, 0, 1);
  }
  return counter;
}

// Resolves with what the worker read when it had added, after the worker has ended.
function runWorker(shared) {
  return new Promise((resolve, reject) => {
    let read;
    const worker = new Worker(__filename, { workerData: shared });
    worker.on('message', (value) => (read = value));
    worker.on('error', reject);
    worker.on('exit', () => resolve(read));
  });
}

async function main() {
  const shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const read = await Promise.all(Array.from({ length: WORKERS }, () => runWorker(shared)));
  const added = Atomics.load(shared, 0);
  console.log(
    JSON.stringify({
      figures: { main_counter: counter, worker_counter: Math.max(...read), shared_buffer_counter: added },
      evidence: [
        `${WORKERS} workers added ${ADDITIONS} each: main read ${counter} in its variable, the workers ${read.join(' and ')}.`,
        `In the SharedArrayBuffer there were ${added}.`,
      ],
      complaint: added === WORKERS * ADDITIONS ? '' : `additions with Atomics.add were lost: ${added}`,
      units_created: WORKERS,
    }),
  );
}

if (isMainThread) main();
else parentPort.postMessage(addAll(workerData));
