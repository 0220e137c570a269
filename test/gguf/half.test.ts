import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bfloat16FromNumber,
  decodeTensor,
  encodeTensor,
  float16FromNumber,
  numberFromBfloat16,
  numberFromFloat16,
} from "../../src/gguf/index.js";

/** binary16 by its definition in IEEE 754, written apart from the code under test. */
function definition(bits: number): number {
  const text = bits.toString(2).padStart(16, "0");
  const sign = text.startsWith("1") ? -1 : 1;
  const exponent = parseInt(text.slice(1, 6), 2);
  const fraction = parseInt(text.slice(6), 2) / 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * Math.pow(2, -14) * fraction : sign * Math.pow(2, exponent - 15) * (1 + fraction);
}

test("all 65,536 binary16 values decode by the definition and encode back to their bits", () => {
  for (let bits = 0; bits < 65536; bits++) {
    const value = numberFromFloat16(bits);
    assert.ok(Object.is(value, definition(bits)), `0x${bits.toString(16)}: ${value}`);
    const back = float16FromNumber(value);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(definition(back)));
    else assert.equal(back, bits);
  }
});

test("binary16 rounds to the nearest, halfway to even, across every pair of neighbours", () => {
  for (let bits = 0; bits < 0x7c00 - 1; bits++) {
    const low = definition(bits);
    const high = definition(bits + 1);
    const middle = (low + high) / 2;
    assert.equal(float16FromNumber(middle), bits % 2 === 0 ? bits : bits + 1, `halfway after 0x${bits.toString(16)}`);
    assert.equal(float16FromNumber(low + (high - low) * 0.25), bits);
    assert.equal(float16FromNumber(-(low + (high - low) * 0.75)), 0x8000 | (bits + 1));
  }
});

test("binary16 overflows to infinity from 65520 on, and vanishes below 2^-25", () => {
  assert.equal(float16FromNumber(65519.99), 0x7bff);
  assert.equal(float16FromNumber(65520), 0x7c00);
  assert.equal(float16FromNumber(-1e30), 0xfc00);
  assert.equal(float16FromNumber(2 ** -25), 0);
  assert.equal(float16FromNumber(2 ** -25 * 1.001), 1);
  assert.equal(float16FromNumber(-1e-30), 0x8000);
});

test("all 65,536 bfloat16 values are the upper half of a float32 and encode back to their bits", () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 65536; bits++) {
    view.setUint16(0, bits);
    view.setUint16(2, 0);
    const value = numberFromBfloat16(bits);
    assert.ok(Object.is(value, view.getFloat32(0)));
    const back = bfloat16FromNumber(value);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(numberFromBfloat16(back)));
    else assert.equal(back, bits);
  }
});

test("bfloat16 rounds to the nearest, halfway to even, and overflows to infinity", () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 0x7f80; bits += 7) {
    view.setUint32(0, bits * 65536 + 0x8000);
    assert.equal(bfloat16FromNumber(view.getFloat32(0)), bits + (bits % 2));
    view.setUint32(0, bits * 65536 + 0x7fff);
    assert.equal(bfloat16FromNumber(view.getFloat32(0)), bits);
    view.setUint32(0, bits * 65536 + 0x8001);
    assert.equal(bfloat16FromNumber(view.getFloat32(0)), bits + 1);
  }
  assert.equal(bfloat16FromNumber(3.4028234663852886e38), 0x7f80);
});

test("tensor data of F32, F16 and BF16 goes there and back", () => {
  const values = Float32Array.of(0, -0, 1, -2.5, 65504, 2 ** -24, Infinity, 0.1);
  assert.deepEqual(decodeTensor("F32", encodeTensor("F32", values)), values);
  assert.deepEqual(
    decodeTensor("F16", encodeTensor("F16", values)),
    values.map((value) => definition(float16FromNumber(value))),
  );
  assert.deepEqual(
    decodeTensor("BF16", encodeTensor("BF16", values)),
    values.map((value) => numberFromBfloat16(bfloat16FromNumber(value))),
  );
  assert.ok(Math.abs((decodeTensor("F16", encodeTensor("F16", values)).at(7) ?? 0) - 0.1) < 2 ** -14);
});

test("decoding reads a view at an odd offset, and refuses half an element and other types", () => {
  const bytes = new Uint8Array([9, ...encodeTensor("F32", Float32Array.of(1.5))]).subarray(1);
  assert.deepEqual(decodeTensor("F32", bytes), Float32Array.of(1.5));
  assert.deepEqual(decodeTensor("F32", Buffer.from(bytes)), Float32Array.of(1.5));
  assert.throws(() => decodeTensor("F16", new Uint8Array(3)), { code: "ARGUMENT_INVALID" });
  assert.throws(() => decodeTensor("Q4_0", new Uint8Array(18)), { code: "UNSUPPORTED", message: /Q4_0/ });
});
