//===- Target.cpp - the CPU that code is made for -------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Target.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Config/Targets.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <mutex>
#include <optional>

using namespace llvm;
using namespace mlir::act;

/// The architectures that the pipeline makes code for, and this machine's.
/// LLVM's others take time and space to no use.
static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    InitializeNativeTargetAsmParser();
#if LLVM_HAS_X86_TARGET
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
#endif
#if LLVM_HAS_AARCH64_TARGET
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
#endif
  });
}

/// The triple on which `cpu` is a valid name: this machine's architecture
/// first, then the other architectures that the pipeline makes code for.
static std::optional<Triple> findTriple(StringRef cpu) {
  Triple host(sys::getDefaultTargetTriple());
  SmallVector<Triple> candidates = {host};
  for (Triple::ArchType arch : {Triple::x86_64, Triple::aarch64}) {
    Triple other = host;
    other.setArch(arch);
    candidates.push_back(other);
  }
  for (const Triple &triple : candidates) {
    std::string error;
    const Target *target = TargetRegistry::lookupTarget(triple, error);
    if (!target)
      continue;
    // The empty CPU is always valid; asking through it keeps LLVM from
    // printing its own complaint about an unknown one.
    std::unique_ptr<MCSubtargetInfo> info(
        target->createMCSubtargetInfo(triple, "", ""));
    if (info && info->isCPUStringValid(cpu))
      return triple;
  }
  return std::nullopt;
}

/// This machine's features as `-mattr` has them.
static std::string getNativeFeatures() {
  SmallVector<std::string> features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(features);
  return join(features, ",");
}

/// Bytes of this machine's largest cache, as Linux tells; 0 where it does not.
static uint64_t getNativeCacheBytes() {
  uint64_t largest = 0;
  for (unsigned index = 0;; ++index) {
    auto text = MemoryBuffer::getFile(
        "/sys/devices/system/cpu/cpu0/cache/index" + Twine(index) + "/size");
    if (!text)
      return largest;
    StringRef size = (*text)->getBuffer().trim();
    uint64_t unit = size.consume_back("K") ? 1024 : 1;
    unit = size.consume_back("M") ? 1024 * 1024 : unit;
    uint64_t count = 0;
    if (!size.getAsInteger(10, count))
      largest = std::max(largest, count * unit);
  }
}

Expected<CpuTarget> mlir::act::resolveCpu(StringRef cpu, unsigned vectorBits) {
  initializeTargets();
  CpuTarget result;
  bool isNative = cpu.empty() || cpu == "native";
  result.cpu = isNative ? sys::getHostCPUName().str() : cpu.str();
  std::optional<Triple> triple = findTriple(result.cpu);
  if (!triple)
    return createStringError("unknown cpu '" + result.cpu + "'");
  result.triple = triple->str();
  if (isNative) {
    result.features = getNativeFeatures();
    if (uint64_t bytes = getNativeCacheBytes())
      result.lastCacheBytes = bytes;
  }

  std::string error;
  const Target *target = TargetRegistry::lookupTarget(*triple, error);
  std::unique_ptr<MCSubtargetInfo> info(
      target->createMCSubtargetInfo(*triple, result.cpu, result.features));
  auto has = [&](StringRef feature) { return info->checkFeatures(feature); };

  // AArch64 has 128-bit vectors, fused multiply-add and 32 registers
  // throughout; with SVE they are as long as the machine has them, a multiple
  // of that.
  unsigned widest = 128;
  result.vectorRegisters = 32;
  if (triple->isAArch64() && has("+sve"))
    result.scalableBits = 128;
  if (triple->isX86()) {
    if (!has("+fma"))
      return createStringError(
          "cpu '" + result.cpu +
          "' has no fused multiply-add, which act's code needs; "
          "x86-64-v3 is the oldest generic x86 that has it");
    result.hasAvx512 = has("+avx512f") && has("+avx512vl") &&
                       has("+avx512bw") && has("+avx512dq");
    result.hasAvx512BF16 = result.hasAvx512 && has("+avx512bf16");
    // One operation on AMD's cores, which alone have SSE4a, three on others.
    result.permutesFast = result.hasAvx512 && has("+sse4a");
    widest = result.hasAvx512 ? 512 : has("+avx2") ? 256 : 128;
    result.vectorRegisters = result.hasAvx512 ? 32 : 16;
    result.storesReadFirst = true;
  }
  if (vectorBits != 0 &&
      (!isPowerOf2_32(vectorBits) || vectorBits < 64 || vectorBits > 2048))
    return createStringError("vector-bits must be a power of two between 64 "
                             "and 2048, or 0 for the widest of the cpu, not " +
                             Twine(vectorBits));
  result.vectorBits = vectorBits ? vectorBits : widest;

  auto machine = createTargetMachine(result);
  if (!machine)
    return machine.takeError();
  result.dataLayout = (*machine)->createDataLayout().getStringRepresentation();
  return result;
}

mlir::FailureOr<CpuTarget> mlir::act::resolveCpu(MLIRContext *context,
                                                 StringRef cpu,
                                                 unsigned vectorBits) {
  Expected<CpuTarget> target = resolveCpu(cpu, vectorBits);
  if (target)
    return *target;
  emitError(UnknownLoc::get(context)) << toString(target.takeError());
  return failure();
}

Expected<std::unique_ptr<TargetMachine>>
mlir::act::createTargetMachine(const CpuTarget &target, unsigned optLevel) {
  initializeTargets();
  Triple triple(target.triple);
  std::string error;
  const Target *llvmTarget = TargetRegistry::lookupTarget(triple, error);
  if (!llvmTarget)
    return createStringError(error);
  auto level = CodeGenOpt::getLevel(std::min(optLevel, 3u));
  std::unique_ptr<TargetMachine> machine(llvmTarget->createTargetMachine(
      triple, target.cpu, target.features, TargetOptions(), Reloc::PIC_,
      std::nullopt, level.value_or(CodeGenOptLevel::Aggressive)));
  if (!machine)
    return createStringError("no code generator for '" + target.triple + "'");
  return machine;
}
