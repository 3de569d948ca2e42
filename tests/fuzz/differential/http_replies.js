// Reads HTTP replies with the parser of Node.js, and says what they come to in the words of workloads/HTTP_REPLIES.md. A
// case is a line on stdin, the bytes of replies to GET in hexadecimal. The answer is a line:
//   200 6869 closes      status, body in hexadecimal, and whether the connection is used again
//   refused HPE_...      with the parser's own code
//   more                 not complete when the connection ends
// Of several replies it says the last one, up to the first that closes.
'use strict';
const { HTTPParser } = process.binding('http_parser');
const readline = require('readline');

function outcome(bytes) {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {});
  let said = 'more', over = false, ended = false;
  let status = 0, stays = true, body = [];
  const headersComplete = (major, minor, headers, method, url, code, message, upgrade, shouldKeepAlive) => {
    status = code;
    stays = shouldKeepAlive;
    body = [];
    return 0;
  };
  parser[HTTPParser.kOnHeaders | 0] = () => {};
  parser[HTTPParser.kOnHeadersComplete | 0] = headersComplete;
  parser[HTTPParser.kOnBody | 0] = (chunk, offset, length) => {
    body.push(offset === undefined ? chunk : chunk.slice(offset, offset + length));
  };
  parser[HTTPParser.kOnMessageComplete | 0] = () => {
    if (over || status < 200) return;
    const hex = Buffer.concat(body).toString('hex');
    said = status + (hex === '' ? '' : ' ' + hex) + (stays ? '' : ' closes') + (ended ? ' at the end' : '');
    over = !stays;
  };
  const result = parser.execute(bytes);
  if (result instanceof Error && !over) return 'refused ' + result.code;
  ended = true;
  if (!over && !(result instanceof Error)) parser.finish();
  return said;
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(outcome(Buffer.from(line, 'hex')) + '\n');
});
