/** ggml itself: tensors, graphs, backends, computed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ggml_backend_buffer_usage,
  ggml_backend_dev_type,
  ggml_opt_loss_type,
  ggml_opt_optimizer_type,
  ggml_status,
  ggml_type,
  openLibrary,
  type Pointer,
  readBytes,
  registerCallback,
  sizeOf,
  writeStruct,
} from "../../src/native/index.js";

const library = openLibrary();
const c = library.functions;

function must<Value>(value: Value | null): Value {
  assert.ok(value !== null);
  return value;
}

function floats(tensor: Pointer<"ggml_tensor">): number[] {
  return [...new Float32Array(readBytes(must(c.ggml_get_data_f32(tensor)), Number(c.ggml_nbytes(tensor))).buffer)];
}

describe("a graph", () => {
  it("adds and multiplies as by hand, in a ggml context", () => {
    const context = must(c.ggml_init({ mem_size: 16 * 1024 * 1024, mem_buffer: null, no_alloc: false }));
    const matrix = must(c.ggml_new_tensor_2d(context, ggml_type.GGML_TYPE_F32, 2, 3));
    const vector = must(c.ggml_new_tensor_1d(context, ggml_type.GGML_TYPE_F32, 2));
    for (const [index, value] of [1, 2, 3, 4, 5, 6].entries()) c.ggml_set_f32_1d(matrix, index, value);
    for (const [index, value] of [10, 100].entries()) c.ggml_set_f32_1d(vector, index, value);
    const product = must(c.ggml_mul_mat(context, matrix, vector));
    const sum = must(c.ggml_add(context, product, product));
    const graph = must(c.ggml_new_graph(context));
    c.ggml_build_forward_expand(graph, sum);
    assert.equal(c.ggml_graph_n_nodes(graph), 2);
    assert.equal(c.ggml_graph_compute_with_ctx(context, graph, 1), ggml_status.GGML_STATUS_SUCCESS);
    assert.deepEqual(floats(product), [210, 430, 650]);
    assert.deepEqual(floats(sum), [420, 860, 1300]);
    assert.equal(c.ggml_get_f32_1d(sum, 1), 860);
    assert.equal(Number(c.ggml_nelements(matrix)), 6);
    assert.equal(c.ggml_n_dims(matrix), 2);
    assert.ok(Number(c.ggml_used_mem(context)) > 0);
    c.ggml_free(context);
  });

  it("runs on a backend, with its memory allocated there", () => {
    const device = must(c.ggml_backend_dev_by_type(ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU));
    const backend = must(c.ggml_backend_dev_init(device, null));
    const context = must(c.ggml_init({ mem_size: 1 << 20, mem_buffer: null, no_alloc: true }));
    const [one, other] = [0, 1].map(() => must(c.ggml_new_tensor_1d(context, ggml_type.GGML_TYPE_F32, 4))) as [
      Pointer<"ggml_tensor">,
      Pointer<"ggml_tensor">,
    ];
    const product = must(c.ggml_mul(context, one, other));
    const graph = must(c.ggml_new_graph(context));
    c.ggml_build_forward_expand(graph, product);
    const buffer = must(c.ggml_backend_alloc_ctx_tensors(context, backend));
    c.ggml_backend_buffer_set_usage(buffer, ggml_backend_buffer_usage.GGML_BACKEND_BUFFER_USAGE_COMPUTE);
    assert.equal(c.ggml_backend_buffer_get_usage(buffer), ggml_backend_buffer_usage.GGML_BACKEND_BUFFER_USAGE_COMPUTE);
    c.ggml_backend_tensor_set(one, Float32Array.of(1, 2, 3, 4), 0, 16);
    c.ggml_backend_tensor_set(other, Float32Array.of(5, 6, 7, 8), 0, 16);
    c.ggml_backend_cpu_set_n_threads(backend, 1);
    assert.equal(c.ggml_backend_graph_compute(backend, graph), ggml_status.GGML_STATUS_SUCCESS);
    const result = new Float32Array(4);
    c.ggml_backend_tensor_get(product, result, 0, 16);
    assert.deepEqual([...result], [5, 12, 21, 32]);
    assert.equal(c.ggml_backend_name(backend), "CPU");
    assert.equal(c.ggml_backend_is_cpu(backend), true);
    c.ggml_backend_buffer_free(buffer);
    c.ggml_free(context);
    c.ggml_backend_free(backend);
  });

  it("stops when the abort callback says so", () => {
    const backend = must(c.ggml_backend_cpu_init());
    const context = must(c.ggml_init({ mem_size: 1 << 20, mem_buffer: null, no_alloc: true }));
    const tensor = must(c.ggml_new_tensor_1d(context, ggml_type.GGML_TYPE_F32, 4));
    const graph = must(c.ggml_new_graph(context));
    c.ggml_build_forward_expand(graph, must(c.ggml_sqr(context, must(c.ggml_sqr(context, tensor)))));
    const buffer = must(c.ggml_backend_alloc_ctx_tensors(context, backend));
    c.ggml_backend_cpu_set_n_threads(backend, 1);
    using abort = registerCallback("ggml_abort_callback", () => true);
    c.ggml_backend_cpu_set_abort_callback(backend, abort.pointer, null);
    assert.equal(c.ggml_backend_graph_compute(backend, graph), ggml_status.GGML_STATUS_ABORTED);
    c.ggml_backend_buffer_free(buffer);
    c.ggml_free(context);
    c.ggml_backend_free(backend);
  });
});

describe("types", () => {
  it("have the sizes of their blocks", () => {
    assert.equal(c.ggml_type_name(ggml_type.GGML_TYPE_Q4_0), "q4_0");
    assert.equal(Number(c.ggml_blck_size(ggml_type.GGML_TYPE_Q4_0)), 32);
    assert.equal(Number(c.ggml_type_size(ggml_type.GGML_TYPE_Q4_0)), 18);
    assert.equal(Number(c.ggml_row_size(ggml_type.GGML_TYPE_Q4_0, 64)), 36);
    assert.equal(c.ggml_is_quantized(ggml_type.GGML_TYPE_Q4_0), true);
    assert.equal(c.ggml_is_quantized(ggml_type.GGML_TYPE_F16), false);
  });

  it("convert halves both ways", () => {
    for (const value of [0, 1, -2.5, 65504, 2 ** -14])
      assert.equal(c.ggml_fp16_to_fp32(c.ggml_fp32_to_fp16(value)), value);
    assert.equal(c.ggml_bf16_to_fp32(c.ggml_fp32_to_bf16(-3.5)), -3.5);
    const halves = new Uint16Array(4);
    c.ggml_fp32_to_fp16_row(Float32Array.of(1, 2, 3, 4), halves, 4);
    const back = new Float32Array(4);
    c.ggml_fp16_to_fp32_row(halves, back, 4);
    assert.deepEqual([...back], [1, 2, 3, 4]);
  });

  it("quantize a row", () => {
    const values = Float32Array.from({ length: 32 }, (_, index) => index - 16);
    const blocks = new Uint8Array(34);
    assert.equal(Number(c.ggml_quantize_chunk(ggml_type.GGML_TYPE_Q8_0, values, blocks, 0, 1, 32, null)), 34);
    const scale = c.ggml_fp16_to_fp32(new DataView(blocks.buffer).getUint16(0, true));
    const first = new Int8Array(blocks.buffer)[2] ?? 0;
    assert.ok(Math.abs(first * scale - -16) < 0.1);
  });
});

describe("backends", () => {
  it("are registered once, and their devices say what they are", () => {
    const registry = must(c.ggml_backend_reg_by_name("CPU"));
    assert.equal(c.ggml_backend_reg_name(registry), "CPU");
    const device = must(c.ggml_backend_reg_dev_get(registry, 0));
    assert.equal(c.ggml_backend_dev_type(device), ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU);
    assert.equal(c.ggml_backend_dev_name(device), "CPU");
    assert.ok((c.ggml_backend_dev_description(device) ?? "").length > 0);
    assert.ok(must(c.ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads")) > 0n);
    assert.equal(c.ggml_backend_reg_by_name("no such backend"), null);
  });

  it("the CPU's features are what the CPU variant was built for", () => {
    if (process.arch !== "x64") return;
    assert.equal(typeof c.ggml_cpu_has_avx2(), "number");
    assert.equal(c.ggml_cpu_has_neon(), 0);
    if (library.cpuBackend?.includes("haswell") === true) assert.equal(c.ggml_cpu_has_avx2(), 1);
  });

  it("make threadpools, paused and resumed", () => {
    const params = c.ggml_threadpool_params_default(2);
    assert.equal(params.n_threads, 2);
    assert.equal(c.ggml_threadpool_params_match(params, c.ggml_threadpool_params_default(2)), true);
    assert.equal(c.ggml_threadpool_params_match(params, c.ggml_threadpool_params_default(3)), false);
    const memory = new Uint8Array(sizeOf("ggml_threadpool_params"));
    writeStruct("ggml_threadpool_params", memory, params);
    const pool = must(c.ggml_threadpool_new(memory));
    c.ggml_threadpool_pause(pool);
    c.ggml_threadpool_resume(pool);
    c.ggml_threadpool_free(pool);
  });
});

it("ggml_opt fits a line", () => {
  const backend = must(c.ggml_backend_cpu_init());
  c.ggml_backend_cpu_set_n_threads(backend, 1);
  const backends = BigUint64Array.of(backend);
  const scheduler = must(c.ggml_backend_sched_new(backends, null, 1, 2048, false, true));
  const parameters = must(c.ggml_init({ mem_size: 1 << 16, mem_buffer: null, no_alloc: true }));
  const inputs = must(c.ggml_new_tensor_2d(parameters, ggml_type.GGML_TYPE_F32, 1, 4));
  const slope = must(c.ggml_new_tensor_1d(parameters, ggml_type.GGML_TYPE_F32, 1));
  c.ggml_set_param(slope);
  const compute = must(c.ggml_init({ mem_size: 1 << 22, mem_buffer: null, no_alloc: true }));
  const outputs = must(c.ggml_mul(compute, inputs, slope));
  const buffer = must(c.ggml_backend_alloc_ctx_tensors(parameters, backend));
  c.ggml_backend_tensor_set(slope, Float32Array.of(0), 0, 4);

  const dataset = must(c.ggml_opt_dataset_init(ggml_type.GGML_TYPE_F32, ggml_type.GGML_TYPE_F32, 1, 1, 4, 1));
  assert.equal(Number(c.ggml_opt_dataset_ndata(dataset)), 4);
  c.ggml_backend_tensor_set(must(c.ggml_opt_dataset_data(dataset)), Float32Array.of(1, 2, 3, 4), 0, 16);
  c.ggml_backend_tensor_set(must(c.ggml_opt_dataset_labels(dataset)), Float32Array.of(3, 6, 9, 12), 0, 16);

  let asked = 0;
  using optimizer = registerCallback("ggml_opt_get_optimizer_params", () => {
    asked++;
    return { adamw: { alpha: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, wd: 0 }, sgd: { alpha: 0.1, wd: 0 } };
  });
  const loss = ggml_opt_loss_type.GGML_OPT_LOSS_TYPE_MEAN_SQUARED_ERROR;
  const adamw = ggml_opt_optimizer_type.GGML_OPT_OPTIMIZER_TYPE_ADAMW;
  c.ggml_opt_fit(scheduler, compute, inputs, outputs, dataset, loss, adamw, optimizer.pointer, 200, 4, 0, true);
  const fitted = new Float32Array(1);
  c.ggml_backend_tensor_get(slope, fitted, 0, 4);
  assert.ok(Math.abs((fitted[0] ?? 0) - 3) < 0.05, `slope ${fitted[0]}`);
  assert.equal(asked, 200);

  c.ggml_opt_dataset_free(dataset);
  c.ggml_backend_buffer_free(buffer);
  c.ggml_free(compute);
  c.ggml_free(parameters);
  c.ggml_backend_sched_free(scheduler);
  c.ggml_backend_free(backend);
});
