/** A number of parameters as models are called by: `135M`, `7.2B`. */
export function count(parameters: number): string {
  const [size, unit] = parameters >= 999.5e6 ? [parameters / 1e9, "B"] : [parameters / 1e6, "M"];
  return `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)}${unit}`;
}
