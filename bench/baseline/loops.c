/* What mullama's loops do, in C: the measure of what calling from TypeScript costs. Prints nanoseconds, one a line. */
#include "ggml-backend.h"
#include "llama.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec time;
    timespec_get(&time, TIME_UTC);
    return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void quiet(enum ggml_log_level level, const char * text, void * data) {
    (void) level;
    (void) text;
    (void) data;
}

static void * required(void * pointer, const char * what) {
    if (pointer == NULL) {
        fprintf(stderr, "loops: %s failed\n", what);
        exit(1);
    }
    return pointer;
}

static char * read_file(const char * path, size_t * length) {
    FILE * file = required(fopen(path, "rb"), "fopen");
    fseek(file, 0, SEEK_END);
    *length     = (size_t) ftell(file);
    char * text = required(malloc(*length), "malloc");
    rewind(file);
    if (fread(text, 1, *length, file) != *length) {
        exit(1);
    }
    fclose(file);
    return text;
}

/* Tokenizes the file in pieces of `piece` bytes; a line is the time for the whole file. */
static void tokenize(const struct llama_model * model, const char * path, size_t piece, int repetitions) {
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    size_t        length;
    char *        text   = read_file(path, &length);
    llama_token * tokens = required(malloc(sizeof(llama_token) * (piece + 2)), "malloc");
    for (int i = 0; i < repetitions; i++) {
        const int64_t start = now_ns();
        for (size_t at = 0; at < length; at += piece) {
            const size_t size = length - at < piece ? length - at : piece;
            if (llama_tokenize(vocab, text + at, (int32_t) size, tokens, (int32_t) piece + 2, false, false) < 0) {
                exit(1);
            }
        }
        printf("%lld\n", (long long) (now_ns() - start));
    }
    free(tokens);
    free(text);
}

/* Generates `count` tokens greedily on one thread, as text; a line is the time for all of them. */
static void generate(struct llama_model * model, int count, int repetitions) {
    const struct llama_vocab *  vocab  = llama_model_get_vocab(model);
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx                       = (uint32_t) count;
    params.n_threads                   = 1;
    params.n_threads_batch             = 1;
    struct llama_context * context = required(llama_init_from_model(model, params), "llama_init_from_model");
    struct llama_sampler * sampler = llama_sampler_chain_init(llama_sampler_chain_default_params());
    llama_sampler_chain_add(sampler, llama_sampler_init_greedy());
    for (int i = 0; i < repetitions; i++) {
        llama_memory_clear(llama_get_memory(context), false);
        const int64_t start = now_ns();
        llama_token   token = 1;
        for (int j = 0; j < count; j++) {
            char piece[256];
            if (llama_decode(context, llama_batch_get_one(&token, 1)) != 0) {
                exit(1);
            }
            token = llama_sampler_sample(sampler, context, -1);
            llama_token_to_piece(vocab, token, piece, sizeof(piece), 0, false);
        }
        printf("%lld\n", (long long) (now_ns() - start));
    }
    llama_sampler_free(sampler);
    llama_free(context);
}

int main(int argc, char ** argv) {
    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: loops CPU_BACKEND MODEL REPETITIONS tokenize FILE BYTES | generate TOKENS\n");
        return 1;
    }
    llama_log_set(quiet, NULL);
    if (argv[1][0] != 0) {
        required(ggml_backend_load(argv[1]), "ggml_backend_load");
    }
    struct llama_model_params params = llama_model_default_params();
    const int repetitions            = atoi(argv[3]);
    const int tokenizing             = strcmp(argv[4], "tokenize") == 0;
    params.vocab_only                = tokenizing;
    struct llama_model * model       = required(llama_model_load_from_file(argv[2], params), "llama_model_load_from_file");
    if (tokenizing && argc == 7) {
        tokenize(model, argv[5], (size_t) atoll(argv[6]), repetitions);
    } else {
        generate(model, atoi(argv[5]), repetitions);
    }
    llama_model_free(model);
    return 0;
}
