// PINs that open at once: how slowly a thief must guess is not what these tests are about, and they unlock often.

const { deriveKey } = SubtleCrypto.prototype;

SubtleCrypto.prototype.deriveKey = function (how, ...rest) {
  return deriveKey.call(this, { ...how, iterations: 1000 }, ...rest);
};
