const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The IEEE binary16 bits nearest to a number: ties to even, overflow to infinity, NaN kept as a quiet NaN. */
export function float16FromNumber(value: number): number {
  float[0] = value;
  const single = bits[0] ?? 0;
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and up round to infinity
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  // Below 2^-14 the result is subnormal: a count of 2^-24.
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign;
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** The number that IEEE binary16 bits stand for. */
export function numberFromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bfloat16 bits nearest to a number: ties to even, NaN kept as a quiet NaN. */
export function bfloat16FromNumber(value: number): number {
  float[0] = value;
  const single = bits[0] ?? 0;
  if ((single & 0x7fffffff) > 0x7f800000) return (single >>> 16) | 0x40;
  return roundShift(single, 16) & 0xffff;
}

/** The number that bfloat16 bits stand for. */
export function numberFromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? 0;
}

/** Shifts right and rounds to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const rest = (value >>> 0) % 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && quotient % 2 === 1) ? quotient + 1 : quotient;
}
