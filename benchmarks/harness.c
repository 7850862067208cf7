/* harness.c - what bench.py cannot do in Python: threads, copies, a loop of FMAs.
 *
 * Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
 * See LICENSE for license information.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A task is a function, its arguments, all of them pointers, and how often to
 * call it. Several tasks run at once, the first one in the caller's thread. */

#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { MAX_ARGS = 8, MAX_THREADS = 64 };

struct task {
  void *function;
  void *args[MAX_ARGS];
  int64_t count;   /* of arguments */
  int64_t returns; /* whether the first one is a result, to be freed */
  int64_t repeat;
};

static void call(const struct task *t) {
  void *f = t->function, *const *a = t->args;
  switch (t->count) {
#define P void *
  case 1: ((void (*)(P))f)(a[0]); break;
  case 2: ((void (*)(P, P))f)(a[0], a[1]); break;
  case 3: ((void (*)(P, P, P))f)(a[0], a[1], a[2]); break;
  case 4: ((void (*)(P, P, P, P))f)(a[0], a[1], a[2], a[3]); break;
  case 5: ((void (*)(P, P, P, P, P))f)(a[0], a[1], a[2], a[3], a[4]); break;
  case 6: ((void (*)(P, P, P, P, P, P))f)(a[0], a[1], a[2], a[3], a[4], a[5]); break;
#undef P
  default: abort();
  }
}

static void run(const struct task *t) {
  for (int64_t i = 0; i < t->repeat; ++i) {
    call(t);
    /* The first field of a descriptor is what was allocated. */
    if (t->returns)
      free(*(void **)t->args[0]);
  }
}

/* ---- Threads ---- */

/* A thread spins for a while after its last task, then sleeps. */
struct thread {
  _Atomic(const struct task *) task;
  pthread_mutex_t mutex;
  pthread_cond_t posted;
  int cpu;
};

static struct thread threads[MAX_THREADS];

static void *serve(void *argument) {
  struct thread *self = argument;
#ifdef __linux__
  if (self->cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(self->cpu, &set);
    pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
  }
#endif
  for (;;) {
    const struct task *task = NULL;
    for (int i = 0; i < 200000 && !task; ++i)
      task = atomic_load_explicit(&self->task, memory_order_acquire);
    if (!task) {
      pthread_mutex_lock(&self->mutex);
      while (!(task = atomic_load(&self->task)))
        pthread_cond_wait(&self->posted, &self->mutex);
      pthread_mutex_unlock(&self->mutex);
    }
    run(task);
    atomic_store_explicit(&self->task, NULL, memory_order_release);
  }
  return NULL;
}

/* Starts the thread for the tasks of an index above 0; on a CPU, if not -1. */
int act_bench_start(int index, int cpu) {
  struct thread *t = &threads[index];
  pthread_t id;
  if (index <= 0 || index >= MAX_THREADS)
    return -1;
  t->cpu = cpu;
  pthread_mutex_init(&t->mutex, NULL);
  pthread_cond_init(&t->posted, NULL);
  return pthread_create(&id, NULL, serve, t) || pthread_detach(id);
}

void act_bench_run(const struct task *tasks, int count) {
  for (int i = 1; i < count; ++i) {
    struct thread *t = &threads[i];
    pthread_mutex_lock(&t->mutex);
    atomic_store(&t->task, &tasks[i]);
    pthread_cond_signal(&t->posted);
    pthread_mutex_unlock(&t->mutex);
  }
  run(&tasks[0]);
  for (int i = 1; i < count; ++i)
    while (atomic_load_explicit(&threads[i].task, memory_order_acquire))
      ;
}

/* ---- Copies ---- */

/* Reads rows of some inputs and writes rows; sizes in bytes. */
struct streams {
  char *out;
  int64_t out_size, rows, count;
  const char *in[MAX_ARGS];
  int64_t in_size[MAX_ARGS];
};

/* Loads need no alignment. Two vectors of most machines, or one. */
typedef uint64_t vector __attribute__((vector_size(64)));
typedef uint64_t loose __attribute__((vector_size(64), aligned(1)));
enum { STEP = sizeof(vector) };

static inline vector load(const char *p) { return *(const loose *)p; }

static inline __attribute__((always_inline)) void store(char *p, vector v, int stream) {
  if (stream)
    __builtin_nontemporal_store(v, (vector *)p);
  else
    *(loose *)p = v;
}

static inline __attribute__((always_inline)) void
copy_rows(const struct streams *s, int inputs, int stream) {
  for (int64_t row = 0; row < s->rows; ++row) {
    const char *in[MAX_ARGS];
    char *out = s->out + row * s->out_size;
    vector all = {0};
    int64_t shortest = s->out_size, done = 0;
    for (int k = 0; k < inputs; ++k) {
      in[k] = s->in[k] + row * s->in_size[k];
      shortest = s->in_size[k] < shortest ? s->in_size[k] : shortest;
    }
    /* Where there is some of everything. */
    for (; done + STEP <= shortest; done += STEP) {
      vector v = load(in[0] + done);
      for (int k = 1; k < inputs; ++k)
        v ^= load(in[k] + done);
      store(out + done, v, stream);
    }
    /* What is left of inputs is read, what is left of the result written. */
    for (int k = 0; k < inputs; ++k) {
      int64_t i = done;
      for (; i + STEP <= s->in_size[k]; i += STEP)
        all ^= load(in[k] + i);
      for (; i < s->in_size[k]; ++i)
        all[0] ^= (uint64_t)in[k][i];
    }
    int64_t i = done;
    for (; i + STEP <= s->out_size; i += STEP)
      store(out + i, all, stream);
    for (; i < s->out_size; ++i)
      out[i] = (char)all[i % 8];
  }
}

/* Loops over a known number of inputs. */
#define COPY(NAME, STREAM)                                                     \
  void NAME(const struct streams *s) {                                         \
    switch (s->count) {                                                        \
    case 1: copy_rows(s, 1, STREAM); break;                                    \
    case 2: copy_rows(s, 2, STREAM); break;                                    \
    case 3: copy_rows(s, 3, STREAM); break;                                    \
    default: abort();                                                          \
    }                                                                          \
  }

COPY(act_bench_copy, 0)

/* The rows of the result have to be aligned. */
static void copy_past_caches(const struct streams *s);
void act_bench_copy_nt(const struct streams *s) {
  copy_past_caches(s);
  atomic_thread_fence(memory_order_seq_cst);
}
static COPY(copy_past_caches, 1)

/* ---- FMAs ---- */

#if defined(__AVX512F__)
#define VECTOR 64
#elif defined(__AVX__)
#define VECTOR 32
#else
#define VECTOR 16
#endif
#if defined(__x86_64__)
#define REGISTER "x"
#elif defined(__aarch64__)
#define REGISTER "w"
#else
#define REGISTER "m"
#endif

/* So many rounds of FMAs in registers, enough of them to hide their latency. */
void act_bench_fma(const int64_t *count) {
  typedef float floats __attribute__((vector_size(VECTOR)));
  enum { CHAINS = 12 };
  floats a[CHAINS], factor = {0}, term = {0};
  factor += 0.999f;
  term += 0.001f;
  for (int k = 0; k < CHAINS; ++k)
    a[k] = factor + (float)k;
  for (int64_t i = 0; i < *count; ++i) {
#pragma clang loop unroll(full)
    for (int k = 0; k < CHAINS; ++k)
      a[k] = __builtin_elementwise_fma(a[k], factor, term);
    /* Keeps the loop as it is. */
    for (int k = 0; k < CHAINS; ++k)
      __asm__ volatile("" : "+" REGISTER(a[k]));
  }
}
