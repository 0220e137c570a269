/** What the headers do not say, and a binding has to know. */

/** Structs that C declares in full but that are used as handles: nobody builds one in JavaScript. */
export const handleRecords: ReadonlySet<string> = new Set([
  "ggml_tensor",
  "ggml_object",
  "ggml_cgraph",
  "ggml_backend_buffer",
  "ggml_type_traits",
  "ggml_type_traits_cpu",
  "llama_sampler",
  "FILE",
]);

/** Handle parameters that may be NULL; all others must not be. */
export const nullableParameters: Readonly<Record<string, readonly string[]>> = {
  ggml_backend_compare_graph_backend: ["test_nodes"],
  ggml_opt_epoch: ["result_train", "result_eval"],
  ggml_opt_fit: ["backend_sched"],
  ggml_opt_eval: ["result"],
  ggml_soft_max_ext: ["mask"],
  ggml_flash_attn_ext: ["mask"],
  ggml_rope_ext: ["c"],
  llama_attach_threadpool: ["threadpool", "threadpool_batch"],
  llama_opt_epoch: ["result_train", "result_eval"],
  llama_sampler_free: ["smpl"],
  llama_set_sampler: ["smpl"],
};

/** Which library holds a header's functions. `ggml` is tried after `ggml-base` for the backend registry. */
export const libraryOfHeader: Readonly<Record<string, string>> = {
  "ggml.h": "ggml-base",
  "ggml-alloc.h": "ggml-base",
  "ggml-backend.h": "ggml-base",
  "ggml-cpu.h": "ggml-cpu",
  "ggml-opt.h": "ggml-base",
  "ggml-rpc.h": "ggml-rpc",
  "gguf.h": "ggml-base",
  "llama.h": "llama",
  "mtmd.h": "mtmd",
  "mtmd-helper.h": "mtmd",
};
