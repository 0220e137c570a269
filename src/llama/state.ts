import { type LogLine, MullamaError } from "../errors.js";
import {
  captureLog,
  captureLogAsync,
  LLAMA_STATE_SEQ_FLAGS_ON_DEVICE,
  LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY,
  type Pointer,
  sizeArray,
} from "../native/index.js";
import { checkBoolean, checkInteger, checkOptions, checkText, checkTokens } from "./check.js";
import { type ContextState, stateOf } from "./context-state.js";
import { DeviceStates } from "./device-states.js";
import { api, callAsync } from "./library.js";
import { checkSealedFile, removeTemporary, sealFile, temporaryFor, tokenCountIn } from "./state-file.js";
import { makeSealed, seal, type StateKind, unseal } from "./state-seal.js";

export interface SequenceStateOptions {
  /** Only what cannot be recomputed from the KV cache: a recurrent state, or a sliding window. Default false. */
  readonly partialOnly?: boolean;
  /** Keep the data on the device: fast, and good only for this context until the sequence is saved again. Default false. */
  readonly onDevice?: boolean;
}

export interface StateFileOptions {
  /** Load a file that has no seal: one that llama.cpp has written and that is certainly whole. Default false. */
  readonly trusted?: boolean;
}

/**
 * Saving and restoring what a context remembers, whole or a sequence at a time, to buffers and to files. Every saved state
 * carries a seal, so that a damaged or foreign one is refused with `STATE_INVALID`. It belongs to its context.
 *
 * @example
 * const saved = context.state.save();
 * another.state.load(saved); // goes on exactly where the first one was
 */
export class State {
  readonly #state: ContextState;
  readonly #onDevice: DeviceStates;

  /** @internal Use `context.state`. */
  constructor(context: object) {
    this.#state = stateOf(context);
    this.#onDevice = new DeviceStates(this.#state);
  }

  /** Bytes that the whole state takes now, without the seal (`llama_state_get_size`). */
  get size(): number {
    this.#requireWhole();
    return Number(api().llama_state_get_size(this.#pointer()));
  }

  /** Saves everything (`llama_state_get_data`). */
  save(): Uint8Array {
    this.#requireWhole();
    const { sealed, payload } = makeSealed(this.#settled().size);
    const written = Number(api().llama_state_get_data(this.#pointer(), payload, payload.length));
    return this.#sealed("whole", 0, sealed, payload, written);
  }

  /** As {@link State.save}, on a pool thread. */
  async saveAsync(): Promise<Uint8Array> {
    this.#requireWhole();
    const { sealed, payload } = makeSealed(this.#settled().size);
    const written = await this.#onPool((pointer) =>
      callAsync(api().llama_state_get_data, pointer, payload, payload.length),
    );
    return this.#sealed("whole", 0, sealed, payload, Number(written));
  }

  /**
   * Restores everything (`llama_state_set_data`). Where C refuses it, for instance since the context is too small, the
   * memory is empty afterwards.
   *
   * @throws {MullamaError} `STATE_INVALID` before anything has changed; `STATE_LOAD_FAILED`
   */
  load(saved: Uint8Array): void {
    void this.#pointer();
    const { payload } = unseal(this.#state, "whole", saved);
    const pointer = this.#change();
    const { result, log } = captureLog(api(), () => api().llama_state_set_data(pointer, payload, payload.length));
    requireLoaded(Number(result) === payload.length, log);
  }

  /** As {@link State.load}, on a pool thread; `saved` must not change meanwhile. */
  async loadAsync(saved: Uint8Array): Promise<void> {
    void this.#pointer();
    const { payload } = unseal(this.#state, "whole", saved);
    this.#change();
    const { result, log } = await captureLogAsync(api(), () =>
      this.#onPool((pointer) => callAsync(api().llama_state_set_data, pointer, payload, payload.length)),
    );
    requireLoaded(Number(result) === payload.length, log);
  }

  /** Saves everything to a file that llama.cpp can read too, with the tokens that led here (`llama_state_save_file`). */
  saveFile(path: string, tokens: Int32Array | readonly number[] = []): void {
    this.#requireWhole();
    const { temporary, list } = this.#prepareSave(path, tokens);
    this.#finishSave("whole", path, temporary, () =>
      api().llama_state_save_file(this.#pointer(), temporary, list, list.length),
    );
  }

  /** As {@link State.saveFile}, on a pool thread. */
  async saveFileAsync(path: string, tokens: Int32Array | readonly number[] = []): Promise<void> {
    this.#requireWhole();
    const { temporary, list } = this.#prepareSave(path, tokens);
    const saved = await this.#onPool((pointer) =>
      callAsync(api().llama_state_save_file, pointer, temporary, list, list.length),
    );
    this.#finishSave("whole", path, temporary, () => saved);
  }

  /** Restores everything from a file (`llama_state_load_file`). @returns the tokens that were saved with it */
  loadFile(path: string, options: StateFileOptions = {}): Int32Array {
    const { tokens, count } = this.#prepareLoad("whole", path, options);
    const pointer = this.#change();
    const { result, log } = captureLog(api(), () =>
      api().llama_state_load_file(pointer, path, tokens, tokens.length, count),
    );
    requireLoaded(result, log);
    return this.#checkLoaded(tokens);
  }

  /** As {@link State.loadFile}, on a pool thread. */
  async loadFileAsync(path: string, options: StateFileOptions = {}): Promise<Int32Array> {
    const { tokens, count } = this.#prepareLoad("whole", path, options);
    this.#change();
    const { result, log } = await captureLogAsync(api(), () =>
      this.#onPool((pointer) => callAsync(api().llama_state_load_file, pointer, path, tokens, tokens.length, count)),
    );
    requireLoaded(result, log);
    return this.#checkLoaded(tokens);
  }

  /** Bytes that a sequence's state takes now, without the seal (`llama_state_seq_get_size`, `_ext`). */
  sequenceSize(sequence: number, options: SequenceStateOptions = {}): number {
    const id = this.#sequence(sequence);
    const flags = flagsOf(options);
    const pointer = this.#pointer();
    return Number(
      flags === 0
        ? api().llama_state_seq_get_size(pointer, id)
        : api().llama_state_seq_get_size_ext(pointer, id, flags),
    );
  }

  /** Saves a sequence (`llama_state_seq_get_data`, `_ext`). */
  saveSequence(sequence: number, options: SequenceStateOptions = {}): Uint8Array {
    const { sealed, payload } = makeSealed(this.#settled().sequenceSize(sequence, options));
    const flags = flagsOf(options);
    const pointer = this.#pointer();
    const written =
      flags === 0
        ? api().llama_state_seq_get_data(pointer, payload, payload.length, sequence)
        : api().llama_state_seq_get_data_ext(pointer, payload, payload.length, sequence, flags);
    return this.#sealedSequence(sequence, flags, sealed, payload, Number(written));
  }

  /** As {@link State.saveSequence}, on a pool thread. */
  async saveSequenceAsync(sequence: number, options: SequenceStateOptions = {}): Promise<Uint8Array> {
    const { sealed, payload } = makeSealed(this.#settled().sequenceSize(sequence, options));
    const flags = flagsOf(options);
    const written = await this.#onPool((pointer) =>
      callAsync(api().llama_state_seq_get_data_ext, pointer, payload, payload.length, sequence, flags),
    );
    return this.#sealedSequence(sequence, flags, sealed, payload, Number(written));
  }

  /** Restores a sequence, under the same id or another (`llama_state_seq_set_data`, `_ext`). */
  loadSequence(saved: Uint8Array, sequence: number): void {
    const { id, payload, flags } = this.#unsealSequence(saved, sequence);
    const pointer = this.#change();
    const { result, log } = captureLog(api(), () =>
      flags === 0
        ? api().llama_state_seq_set_data(pointer, payload, payload.length, id)
        : api().llama_state_seq_set_data_ext(pointer, payload, payload.length, id, flags),
    );
    requireLoaded(Number(result) > 0, log);
  }

  /** As {@link State.loadSequence}, on a pool thread; `saved` must not change meanwhile. */
  async loadSequenceAsync(saved: Uint8Array, sequence: number): Promise<void> {
    const { id, payload, flags } = this.#unsealSequence(saved, sequence);
    this.#change();
    const { result, log } = await captureLogAsync(api(), () =>
      this.#onPool((pointer) =>
        callAsync(api().llama_state_seq_set_data_ext, pointer, payload, payload.length, id, flags),
      ),
    );
    requireLoaded(Number(result) > 0, log);
  }

  /** Saves a sequence to a file that llama.cpp can read too (`llama_state_seq_save_file`). */
  saveSequenceFile(path: string, sequence: number, tokens: Int32Array | readonly number[] = []): void {
    const id = this.#sequence(sequence);
    const { temporary, list } = this.#prepareSave(path, tokens);
    this.#finishSave("sequence", path, temporary, () => {
      return api().llama_state_seq_save_file(this.#pointer(), temporary, id, list, list.length) !== 0;
    });
  }

  /** As {@link State.saveSequenceFile}, on a pool thread. */
  async saveSequenceFileAsync(
    path: string,
    sequence: number,
    tokens: Int32Array | readonly number[] = [],
  ): Promise<void> {
    const id = this.#sequence(sequence);
    const { temporary, list } = this.#prepareSave(path, tokens);
    const saved = await this.#onPool((pointer) =>
      callAsync(api().llama_state_seq_save_file, pointer, temporary, id, list, list.length),
    );
    this.#finishSave("sequence", path, temporary, () => saved !== 0);
  }

  /** Restores a sequence from a file (`llama_state_seq_load_file`). @returns the tokens that were saved with it */
  loadSequenceFile(path: string, sequence: number, options: StateFileOptions = {}): Int32Array {
    const id = this.#sequence(sequence);
    const { tokens, count } = this.#prepareLoad("sequence", path, options);
    const pointer = this.#change();
    const { result, log } = captureLog(api(), () =>
      api().llama_state_seq_load_file(pointer, path, id, tokens, tokens.length, count),
    );
    requireLoaded(Number(result) > 0, log);
    return this.#checkLoaded(tokens);
  }

  /** As {@link State.loadSequenceFile}, on a pool thread. */
  async loadSequenceFileAsync(path: string, sequence: number, options: StateFileOptions = {}): Promise<Int32Array> {
    const id = this.#sequence(sequence);
    const { tokens, count } = this.#prepareLoad("sequence", path, options);
    this.#change();
    const { result, log } = await captureLogAsync(api(), () =>
      this.#onPool((pointer) =>
        callAsync(api().llama_state_seq_load_file, pointer, path, id, tokens, tokens.length, count),
      ),
    );
    requireLoaded(Number(result) > 0, log);
    return this.#checkLoaded(tokens);
  }

  #sealedSequence(
    sequence: number,
    flags: number,
    sealed: Uint8Array,
    payload: Uint8Array,
    written: number,
  ): Uint8Array {
    const serial = (flags & LLAMA_STATE_SEQ_FLAGS_ON_DEVICE) === 0 ? 0 : this.#onDevice.add(sequence);
    return this.#sealed("sequence", flags, sealed, payload, written, serial);
  }

  #unsealSequence(saved: Uint8Array, sequence: number): { id: number; payload: Uint8Array; flags: number } {
    void this.#pointer();
    const id = this.#sequence(sequence);
    const { payload, flags, serial } = unseal(this.#state, "sequence", saved);
    if ((flags & LLAMA_STATE_SEQ_FLAGS_ON_DEVICE) !== 0) this.#onDevice.check(payload, serial, id);
    return { id, payload, flags };
  }

  #sealed(
    kind: StateKind,
    flags: number,
    sealed: Uint8Array,
    payload: Uint8Array,
    written: number,
    serial = 0,
  ): Uint8Array {
    if (written === 0 || written > payload.length)
      throw new MullamaError("SAVE_FAILED", "llama.cpp could not save the state.");
    return seal(this.#state, kind, flags, serial, sealed.subarray(0, sealed.length - payload.length + written));
  }

  #prepareSave(path: string, tokens: Int32Array | readonly number[]): { temporary: string; list: Int32Array } {
    void this.#settled().#pointer();
    const list = checkTokens("tokens", tokens, this.#state.limits.vocabularySize);
    return { temporary: temporaryFor(checkText("path", path)), list };
  }

  #finishSave(kind: StateKind, path: string, temporary: string, write: () => boolean): void {
    try {
      const { result, log } = captureLog(api(), write);
      if (!result) throw new MullamaError("SAVE_FAILED", `llama.cpp could not write ${path}.`, { log });
      sealFile(this.#state, kind, path, temporary);
    } catch (cause) {
      if (MullamaError.isInstance(cause)) throw cause;
      throw new MullamaError("SAVE_FAILED", `The state could not be saved to ${path}.`, {
        cause,
        hint: "Is the folder there, writable and not full?",
      });
    } finally {
      removeTemporary(temporary);
    }
  }

  #prepareLoad(
    kind: StateKind,
    path: string,
    options: StateFileOptions,
  ): { tokens: Int32Array; count: ReturnType<typeof sizeArray> } {
    void this.#pointer();
    checkText("path", path);
    checkOptions("options", options, ["trusted"]);
    if (!checkBoolean("options.trusted", options.trusted ?? false)) checkSealedFile(this.#state, kind, path);
    // At least one, since C takes the address of an empty array for none.
    return { tokens: new Int32Array(tokenCountIn(path)), count: sizeArray(1) };
  }

  #checkLoaded(tokens: Int32Array): Int32Array {
    return checkTokens("tokens of the file", tokens, this.#state.limits.vocabularySize);
  }

  /** C ends the process over sequences that share a recurrent state of which one has gone back. */
  #requireWhole(): void {
    void this.#pointer();
    const { limits, recurrent } = this.#state;
    if (limits.recurrentSnapshots === 0 || !recurrent.shared || !recurrent.rolledBack) return;
    throw new MullamaError(
      "UNSUPPORTED",
      "With recurrentSnapshots, sequences that were copied and taken back cannot be saved at once.",
      {
        hint: "Save them one at a time with saveSequence, or clear the memory first.",
      },
    );
  }

  /** C copies and shifts what is in the cache with the next decode only, and its states know nothing of it. */
  #settled(): this {
    if (!this.#state.unsettled) return this;
    throw new MullamaError("UNSUPPORTED", "The memory has been copied or shifted since the last decode.", {
      hint: "Decode a token first: that is when llama.cpp carries it out.",
    });
  }

  #sequence(sequence: number): number {
    return checkInteger("sequence", sequence, 0, this.#state.limits.maxSequences - 1);
  }

  #pointer(): Pointer<"llama_context"> {
    return this.#state.handle.pointer;
  }

  /** For what changes the context: earlier outputs are gone. */
  #change(): Pointer<"llama_context"> {
    const pointer = this.#settled().#pointer();
    this.#state.generation++;
    this.#state.outputs = 0;
    return pointer;
  }

  #onPool<Result>(call: (pointer: Pointer<"llama_context">) => Promise<Result>): Promise<Result> {
    return this.#state.handle.exclusively(call);
  }
}

function flagsOf(options: SequenceStateOptions): number {
  checkOptions("options", options, ["partialOnly", "onDevice"]);
  const partial = checkBoolean("options.partialOnly", options.partialOnly ?? false)
    ? LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
    : 0;
  const device = checkBoolean("options.onDevice", options.onDevice ?? false) ? LLAMA_STATE_SEQ_FLAGS_ON_DEVICE : 0;
  return partial | device;
}

function requireLoaded(loaded: boolean, log: readonly LogLine[]): void {
  if (loaded) return;
  throw new MullamaError(
    "STATE_LOAD_FAILED",
    "llama.cpp could not restore the state; what it was to replace is gone.",
    {
      log,
      hint: "The context needs at least the size, the cache types and the cache layout of the one that was saved.",
    },
  );
}
