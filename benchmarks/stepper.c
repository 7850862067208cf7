// stepper.c - counts the instructions of a call, and times it.
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x86-64 Linux only. Compile with -mno-red-zone: the flags go over the stack.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

typedef void (*Kernel)(void *, void *, void *, void *, void *, void *);

static uint64_t first, size;
static uint32_t *counts;

static void step(int signal, siginfo_t *info, void *context) {
  uint64_t at = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] - first;
  ++counts[at < size ? at : size];
}

// Calls `kernel` with the trap flag set. at[i] becomes how often the
// instruction at address begin + i was run, and at[bytes] how many were run
// elsewhere. 0, or -1 without such signals.
int count_call(Kernel kernel, void **a, uint64_t begin, uint64_t bytes,
               uint32_t *at) {
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = step;
  action.sa_flags = SA_SIGINFO;
  first = begin, size = bytes, counts = at;
  if (sigaction(SIGTRAP, &action, &before))
    return -1;
  __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "cc", "memory");
  kernel(a[0], a[1], a[2], a[3], a[4], a[5]);
  __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "cc", "memory");
  return sigaction(SIGTRAP, &before, 0);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * t.tv_sec + t.tv_nsec;
}

// Nanoseconds of one call: the least of `rounds` times of `calls` calls.
double time_call(Kernel kernel, void **a, int calls, int rounds) {
  double least = 1e300;
  for (int r = 0; r < rounds; ++r) {
    double start = now();
    for (int i = 0; i < calls; ++i)
      kernel(a[0], a[1], a[2], a[3], a[4], a[5]);
    double spent = (now() - start) / calls;
    if (spent < least)
      least = spent;
  }
  return least;
}

// Nanoseconds of one pass of each generated loop, which takes a number of
// passes, memory to read and memory to write.
void time_loops(void (**loops)(uint64_t, void *, void *), int n,
                const uint32_t *passes, int rounds, void *in, void *out,
                double *times) {
  for (int i = 0; i < n; ++i)
    times[i] = 1e300;
  for (int r = 0; r < rounds; ++r)
    for (int i = 0; i < n; ++i) {
      double start = now();
      loops[i](passes[i], in, out);
      double spent = (now() - start) / passes[i];
      if (spent < times[i])
        times[i] = spent;
    }
}
