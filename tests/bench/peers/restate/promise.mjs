// Node 20 has no Promise.withResolvers, which the SDK uses.
Promise.withResolvers ??= function () {
  const out = {};
  out.promise = new this((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
};
