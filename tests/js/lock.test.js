// The lock on a tablet: which PIN opens it, and how slowly a thief must guess. Here alone PINs cost what they cost.

import assert from "node:assert/strict";
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { newVault, openVault, relock, seal, unseal } from "../../static/tablet/vault.js";

const refused = (code) => (error) => error.name === "Refused" && error.code === code;
const TAG = 16; // bytes

test("each guess of a PIN costs at least 600,000 rounds, and with fewer nothing opens", async () => {
  const { lock } = await newVault("123456");

  assert.ok(lock.iterations >= 600_000);
  assert.equal(unwrappedBy("123456", lock, lock.iterations).length, 32);
  for (const fewer of [1, 1000, lock.iterations - 1]) assert.throws(() => unwrappedBy("123456", lock, fewer));
});

/** What the lock holds, opened by other hands than the vault's own. */
function unwrappedBy(pin, { salt, wrapped }, rounds) {
  const opener = createDecipheriv("aes-256-gcm", pbkdf2Sync(pin, salt, rounds, 32, "sha256"), wrapped.iv);
  opener.setAuthTag(wrapped.bytes.subarray(-TAG));
  return Buffer.concat([opener.update(wrapped.bytes.subarray(0, -TAG)), opener.final()]);
}

test("a vault opens with its PIN only, and its key cannot be taken out", async () => {
  const { lock, key } = await newVault("123456");
  const sealed = await seal(key, "here", new Uint8Array([1, 2, 3]));

  const again = await openVault(lock, "123456");

  assert.deepEqual(await unseal(again, "here", sealed), new Uint8Array([1, 2, 3]));
  assert.equal(again.extractable, false);
  await assert.rejects(openVault(lock, "123457"), refused("vault:wrong_pin"));
});

test("what is sealed for one place does not open in another", async () => {
  const { key } = await newVault("123456");
  const sealed = await seal(key, "doc:1", new Uint8Array([1]));

  await assert.rejects(unseal(key, "doc:2", sealed));
});

test("a new PIN opens what the old one sealed, and the old one no longer does", async () => {
  const { lock, key } = await newVault("123456");
  const sealed = await seal(key, "here", new Uint8Array([7]));

  const changed = await relock(lock, "123456", "998877");

  assert.deepEqual(await unseal(await openVault(changed, "998877"), "here", sealed), new Uint8Array([7]));
  await assert.rejects(openVault(changed, "123456"), refused("vault:wrong_pin"));
});

test("a PIN of fewer than six digits is refused", async () => {
  for (const pin of ["", "12345", "12345a", "１２３４５６"])
    await assert.rejects(newVault(pin), refused("pin:too_short"));
});
