// Passes requests on to a node, with a token: for clients that cannot be given one.
// Usage: node with_token.mjs PORT HOST:PORT TOKEN
import http from 'node:http';

const [port, target, token] = process.argv.slice(2);
const [host, targetPort] = target.split(':');

http
  .createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const own = [`127.0.0.1:${port}`, `localhost:${port}`];
    // What is said to this port is meant for the node; any other name is left for it to refuse.
    if (own.includes(headers.host)) headers.host = target;
    const isOwn = own.some((name) => headers.origin === `http://${name}`);
    if (isOwn) headers.origin = `http://${target}`;
    const onward = http.request(
      { host, port: targetPort, method: request.method, path: request.url, headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  })
  .listen(Number(port), '127.0.0.1');
