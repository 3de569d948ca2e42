'use strict';
// Claimed by the documentation of Node.js and by course texts: AsyncLocalStorage keeps a value for each request across its
// awaits, as a thread-local variable does for a thread. A variable of the module does not.
//
// A hundred tasks store their number in both, await five times, so that all of them are interleaved, and compare after each
// await.
const { AsyncLocalStorage } = require('node:async_hooks');
const { setImmediate: nextTurn } = require('node:timers/promises');

const TASKS = 100;
const AWAITS = 5;

const storage = new AsyncLocalStorage();
let current;

// Returns how often each was still the task's own after an await.
async function handle(id) {
  current = id;
  const kept = { byContext: 0, byVariable: 0 };
  for (let i = 0; i < AWAITS; i++) {
    await nextTurn();
    if (storage.getStore() === id) kept.byContext++;
    if (current === id) kept.byVariable++;
  }
  return kept;
}

async function main() {
  const tasks = Array.from({ length: TASKS }, (_, id) => storage.run(id, () => handle(id)));
  const kept = await Promise.all(tasks);
  const byContext = kept.reduce((sum, task) => sum + task.byContext, 0);
  const byVariable = kept.reduce((sum, task) => sum + task.byVariable, 0);
  const all = TASKS * AWAITS;
  console.log(
    JSON.stringify({
      figures: {
        kept_by_async_context_yes_or_no: Number(byContext === all),
        kept_by_a_variable_yes_or_no: Number(byVariable === all),
      },
      evidence: [
        `After ${byContext} of ${all} awaits AsyncLocalStorage held the task's own number.`,
        `After ${byVariable} of ${all} awaits the variable of the module held it.`,
      ],
      complaint: byContext === all ? '' : 'AsyncLocalStorage lost a value across an await',
      units_created: TASKS,
    }),
  );
}

main();
