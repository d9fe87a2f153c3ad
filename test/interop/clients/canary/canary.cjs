// Loaded by NODE_OPTIONS before anything else: writes down each name that is looked up and each address that is connected to.
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const note = (text) => appendFileSync(process.env.CANARY_FILE, `${text}\n`);

for (const module of [dns, dns.promises]) {
  const { lookup } = module;
  module.lookup = function (host, ...rest) {
    note(`lookup ${host}`);
    return lookup.call(this, host, ...rest);
  };
}
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options, host] = Array.isArray(args[0]) ? args[0] : args;
  const to = typeof options === 'object' ? (options.path ?? options.host) : host;
  note(`connect ${to ?? 'localhost'}`);
  return connect.apply(this, args);
};
