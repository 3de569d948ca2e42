'use strict';
// The work of the jobs that compute. Each function is given a unit's place, the number of units and the size, and gives the
// unit's answer.
const { createHash } = require('node:crypto');
// V8 computes with 64 bits in registers where asUintN(64, ...) stands around every operation on a BigInt. It does not where a
// helper wraps asUintN, or where for...of gives the numbers; both cost ten times as much.
const { asUintN } = BigInt;

const GOLDEN = 0x9e3779b97f4a7c15n;
const BLOCK_BYTES = 65536;
const BLOCKS_PER_MIB = 16;
const SIDE = 256;

function mix(z) {
  z = asUintN(64, asUintN(64, z ^ asUintN(64, z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = asUintN(64, asUintN(64, z ^ asUintN(64, z >> 27n)) * 0x94d049bb133111ebn);
  return asUintN(64, z ^ asUintN(64, z >> 31n));
}

// Fills a block with stream number `index` of a seed.
function draw(block, seed, index) {
  const stream = mix(asUintN(64, mix(seed + GOLDEN) + BigInt(index + 1) * GOLDEN));
  for (let at = 0; at < BLOCK_BYTES; at += 8) {
    block.setBigUint64(at, mix(asUintN(64, stream + BigInt(at + 1) * GOLDEN)), true);
  }
}

function count({ size }) {
  let n = 0;
  while (n < size) n++;
  return n;
}

function sha256({ index, units, size }) {
  const block = new DataView(new ArrayBuffer(BLOCK_BYTES));
  let answer = 0n;
  for (let i = index; i < size * BLOCKS_PER_MIB; i += units) {
    draw(block, 4n, i);
    const digest = createHash('sha256').update(block).digest();
    let sum = mix(asUintN(64, BigInt(i) + GOLDEN));
    for (let at = 0; at < digest.length; at += 8) sum = mix(sum ^ digest.readBigUInt64BE(at));
    answer = asUintN(64, answer + sum);
  }
  return answer;
}

function image({ index, units, size }) {
  const picture = new Uint8ClampedArray(SIDE * SIDE);
  const block = new DataView(picture.buffer);
  const along = new Uint16Array(SIDE * SIDE);
  const blurred = new Uint8Array(SIDE * SIDE);
  const halved = new Uint8Array((SIDE / 2) ** 2);
  const sums = new Uint16Array(SIDE);
  let answer = 0n;
  for (let i = index; i < size; i += units) {
    draw(block, 1n, i);
    brighten(picture);
    sumRows(picture, along);
    averageColumns(along, sums, blurred);
    halve(blurred, halved);
    answer = asUintN(64, answer + checksum(halved, i));
  }
  return answer;
}

// The array clamps what is stored to 255.
function brighten(picture) {
  for (let i = 0; i < picture.length; i++) picture[i] += 32;
}

const inside = (place) => Math.max(0, Math.min(place, SIDE - 1));

// Sums of five neighbours in a row: one pixel comes in, one goes out.
function sumRows(from, to) {
  for (let row = 0; row < from.length; row += SIDE) {
    let sum = 0;
    for (let column = -2; column <= 2; column++) sum += from[row + inside(column)];
    for (let column = 0; column < SIDE; column++) {
      to[row + column] = sum;
      sum += from[row + inside(column + 3)] - from[row + inside(column - 2)];
    }
  }
}

// The same down the columns, all of them at once, so that memory is read in its order. An array of integers drops the fraction.
function averageColumns(from, sums, to) {
  sums.fill(0);
  for (let row = -2; row <= 2; row++) {
    for (let column = 0; column < SIDE; column++) sums[column] += from[inside(row) * SIDE + column];
  }
  for (let row = 0; row < SIDE; row++) {
    const comes = inside(row + 3) * SIDE;
    const goes = inside(row - 2) * SIDE;
    for (let column = 0; column < SIDE; column++) {
      to[row * SIDE + column] = sums[column] / 25;
      sums[column] += from[comes + column] - from[goes + column];
    }
  }
}

function halve(from, to) {
  let at = 0;
  for (let row = 0; row < from.length; row += 2 * SIDE) {
    for (let i = row; i < row + SIDE; i += 2) to[at++] = (from[i] + from[i + 1] + from[i + SIDE] + from[i + SIDE + 1]) >> 2;
  }
}

// FNV-1a of 64 bits.
function checksum(pixels, index) {
  let sum = 0xcbf29ce484222325n ^ mix(asUintN(64, BigInt(index) + GOLDEN));
  for (let i = 0; i < pixels.length; i++) sum = asUintN(64, asUintN(64, sum ^ BigInt(pixels[i])) * 0x100000001b3n);
  return sum;
}

module.exports = { count, sha256, image };
