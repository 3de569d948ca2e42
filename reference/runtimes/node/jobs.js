'use strict';
// The jobs of bakeoff, a worker thread per unit: each has a V8 of its own.
const { createHash } = require('node:crypto');
const os = require('node:os');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const GOLDEN = 0x9e3779b97f4a7c15n;
const u64 = (x) => BigInt.asUintN(64, x);

function mix(z) {
  z = u64((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = u64((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

function count(index, units, size) {
  let n = 0;
  while (n < size) n++;
  return BigInt(n);
}

function sha256(index, units, size) {
  const block = Buffer.alloc(65536);
  let answer = 0n;
  for (let i = index; i < size * 16; i += units) {
    const stream = mix(u64(mix(4n + GOLDEN) + BigInt(i + 1) * GOLDEN));
    for (let at = 0; at < block.length; at += 8) block.writeBigUInt64LE(mix(u64(stream + BigInt(at + 1) * GOLDEN)), at);
    const digest = createHash('sha256').update(block).digest();
    let total = mix(u64(BigInt(i) + GOLDEN));
    for (let at = 0; at < digest.length; at += 8) total = mix(total ^ digest.readBigUInt64BE(at));
    answer = u64(answer + total);
  }
  return answer;
}

const jobs = { count, sha256 };

if (isMainThread) {
  const [job, units, size] = [process.argv[2], +process.argv[3], +process.argv[4]];
  const begin = process.hrtime.bigint();
  const answers = Array.from({ length: units }, (_, index) => {
    const worker = new Worker(__filename, { workerData: { job, index, units, size } });
    return new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  });
  Promise.all(answers).then((all) => {
    const elapsed = process.hrtime.bigint() - begin;
    const answer = all.reduce((sum, one) => u64(sum + one), 0n);
    const runtime = { name: 'node', version: process.versions.node, cpus: os.availableParallelism(), collector: 'generations' };
    // 64 bits have no place in a number of JSON.parse; the line is written by hand.
    console.log(`{"answer":${answer},"elapsed_ns":${elapsed},"units_created":${units},"runtime":${JSON.stringify(runtime)}}`);
  });
} else {
  const { job, index, units, size } = workerData;
  parentPort.postMessage(jobs[job](index, units, size));
}
