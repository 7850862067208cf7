//===- Multiversion.cpp - one module for several CPUs ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Multiversion.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;
using namespace mlir::act;

namespace {
/// What is known about the processor, in words of 32 bits: what cpuid says, in
/// the order in which the resolver below collects it, and what the system
/// saves.
enum Word { Ecx1, Ebx7, Ecx7, Edx7, Eax71, Edx71, EcxExtended, Xcr0, NumWords };

struct Feature {
  StringLiteral name;
  Word word;
  unsigned bit;
  /// Bits of XCR0 for the registers that the instructions use.
  uint32_t state = 0;
};
} // namespace

static constexpr uint32_t kYmm = 0x6, kZmm = 0xe6;

/// The extensions beyond x86-64 of which LLVM may use an instruction unasked,
/// where cpuid shows them. Versions do without any other.
static constexpr Feature kFeatures[] = {
    {"sse3", Ecx1, 0},
    {"pclmul", Ecx1, 1},
    {"ssse3", Ecx1, 9},
    {"fma", Ecx1, 12, kYmm},
    {"cx16", Ecx1, 13},
    {"sse4.1", Ecx1, 19},
    {"sse4.2", Ecx1, 20},
    {"movbe", Ecx1, 22},
    {"popcnt", Ecx1, 23},
    {"aes", Ecx1, 25},
    {"avx", Ecx1, 28, kYmm},
    {"f16c", Ecx1, 29, kYmm},
    {"bmi", Ebx7, 3},
    {"avx2", Ebx7, 5, kYmm},
    {"bmi2", Ebx7, 8},
    {"avx512f", Ebx7, 16, kZmm},
    {"avx512dq", Ebx7, 17, kZmm},
    {"adx", Ebx7, 19},
    {"avx512ifma", Ebx7, 21, kZmm},
    {"avx512cd", Ebx7, 28, kZmm},
    {"sha", Ebx7, 29},
    {"avx512bw", Ebx7, 30, kZmm},
    {"avx512vl", Ebx7, 31, kZmm},
    {"avx512vbmi", Ecx7, 1, kZmm},
    {"avx512vbmi2", Ecx7, 6, kZmm},
    {"gfni", Ecx7, 8},
    {"vaes", Ecx7, 9, kYmm},
    {"vpclmulqdq", Ecx7, 10, kYmm},
    {"avx512vnni", Ecx7, 11, kZmm},
    {"avx512bitalg", Ecx7, 12, kZmm},
    {"avx512vpopcntdq", Ecx7, 14, kZmm},
    {"avx512vp2intersect", Edx7, 8, kZmm},
    {"avx512fp16", Edx7, 23, kZmm},
    {"avxvnni", Eax71, 4, kYmm},
    {"avx512bf16", Eax71, 5, kZmm},
    {"avxifma", Eax71, 23, kYmm},
    {"avxvnniint8", Edx71, 4, kYmm},
    {"avxneconvert", Edx71, 5, kYmm},
    {"avxvnniint16", Edx71, 10, kYmm},
    {"sahf", EcxExtended, 0},
    {"lzcnt", EcxExtended, 5},
};

/// What every x86-64 has, and a mode rather than instructions.
static bool isBaseline(StringRef feature) {
  return is_contained(
      {"64bit", "x87", "cx8", "cmov", "mmx", "fxsr", "sse", "sse2"}, feature);
}

/// The names of the extensions of `target`.
static SmallVector<StringRef> getFeatures(const CpuTarget &target) {
  SmallVector<StringRef> features;
  if (target.features.empty()) {
    X86::getFeaturesForCPU(target.cpu, features);
    for (StringRef &feature : features)
      feature.consume_front("+");
    return features;
  }
  for (StringRef feature : split(target.features, ','))
    if (feature.consume_front("+"))
      features.push_back(feature);
  return features;
}

static size_t countChecked(const CpuTarget &target) {
  SmallVector<StringRef> features = getFeatures(target);
  return count_if(kFeatures, [&](const Feature &feature) {
    return is_contained(features, feature.name);
  });
}

Expected<SmallVector<CpuTarget>> mlir::act::resolveCpus(StringRef cpus,
                                                        unsigned vectorBits) {
  SmallVector<CpuTarget> targets;
  for (StringRef cpu : split(cpus, ',')) {
    Expected<CpuTarget> target = resolveCpu(cpu.trim(), vectorBits);
    if (!target)
      return target.takeError();
    // (`native` and its name are the same.)
    if (none_of(targets, [&](const CpuTarget &other) {
          return other.cpu == target->cpu;
        }))
      targets.push_back(std::move(*target));
  }
  if (targets.size() < 2)
    return targets;
  Triple first(targets.front().triple);
  for (const CpuTarget &target : targets) {
    Triple triple(target.triple);
    if (triple.getArch() != first.getArch())
      return createStringError("one file cannot hold code for '" +
                               targets.front().cpu + "' and '" + target.cpu +
                               "', which differ in architecture");
    if (triple.getArch() != Triple::x86_64 || !triple.isOSBinFormatELF())
      return createStringError("several CPUs in one file work on x86-64 with "
                               "ELF files only, not on " +
                               target.triple);
  }
  llvm::sort(targets, [](const CpuTarget &a, const CpuTarget &b) {
    return std::make_tuple(a.vectorBits, countChecked(a), a.cpu) >
           std::make_tuple(b.vectorBits, countChecked(b), b.cpu);
  });
  return targets;
}

/// Collects the words. cpuid never faults; leaves that are not there are zeroed
/// afterwards. xgetbv does where the system does not use it.
static constexpr StringLiteral kProbe = R"(
define internal [8 x i32] @act.cpu() {
  %max.id = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 0, i32 0)
  %max = extractvalue { i32, i32, i32, i32 } %max.id, 0
  %1 = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 1, i32 0)
  %ecx1 = extractvalue { i32, i32, i32, i32 } %1, 2
  %7 = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 7, i32 0)
  %has7 = icmp uge i32 %max, 7
  %eax7.raw = extractvalue { i32, i32, i32, i32 } %7, 0
  %ebx7.raw = extractvalue { i32, i32, i32, i32 } %7, 1
  %ecx7.raw = extractvalue { i32, i32, i32, i32 } %7, 2
  %edx7.raw = extractvalue { i32, i32, i32, i32 } %7, 3
  %eax7 = select i1 %has7, i32 %eax7.raw, i32 0
  %ebx7 = select i1 %has7, i32 %ebx7.raw, i32 0
  %ecx7 = select i1 %has7, i32 %ecx7.raw, i32 0
  %edx7 = select i1 %has7, i32 %edx7.raw, i32 0
  %71 = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 7, i32 1)
  %has71 = icmp uge i32 %eax7, 1
  %eax71.raw = extractvalue { i32, i32, i32, i32 } %71, 0
  %edx71.raw = extractvalue { i32, i32, i32, i32 } %71, 3
  %eax71 = select i1 %has71, i32 %eax71.raw, i32 0
  %edx71 = select i1 %has71, i32 %edx71.raw, i32 0
  %e.id = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 -2147483648, i32 0)
  %e.max = extractvalue { i32, i32, i32, i32 } %e.id, 0
  %e = call { i32, i32, i32, i32 } asm "cpuid", "={ax},={bx},={cx},={dx},{ax},{cx}"(i32 -2147483647, i32 0)
  %has.e = icmp uge i32 %e.max, -2147483647
  %ecxe.raw = extractvalue { i32, i32, i32, i32 } %e, 2
  %ecxe = select i1 %has.e, i32 %ecxe.raw, i32 0
  %osxsave.bit = and i32 %ecx1, 134217728
  %osxsave = icmp ne i32 %osxsave.bit, 0
  br i1 %osxsave, label %ask, label %done
ask:
  %x = call { i32, i32 } asm "xgetbv", "={ax},={dx},{cx}"(i32 0)
  %x.low = extractvalue { i32, i32 } %x, 0
  br label %done
done:
  %xcr0 = phi i32 [ 0, %0 ], [ %x.low, %ask ]
  %w0 = insertvalue [8 x i32] poison, i32 %ecx1, 0
  %w1 = insertvalue [8 x i32] %w0, i32 %ebx7, 1
  %w2 = insertvalue [8 x i32] %w1, i32 %ecx7, 2
  %w3 = insertvalue [8 x i32] %w2, i32 %edx7, 3
  %w4 = insertvalue [8 x i32] %w3, i32 %eax71, 4
  %w5 = insertvalue [8 x i32] %w4, i32 %edx71, 5
  %w6 = insertvalue [8 x i32] %w5, i32 %ecxe, 6
  %w7 = insertvalue [8 x i32] %w6, i32 %xcr0, 7
  ret [8 x i32] %w7
}
)";

/// What runs in place of a function that has no version for the processor: the
/// system call write(2, message, size).
static constexpr StringLiteral kNone = R"(
@act.message = internal constant [{1} x i8] c"{0}"
define internal void @act.none() noreturn {{
  %1 = call i64 asm sideeffect "syscall", "={{ax},{{ax},{{di},{{si},{{dx},~{{rcx},~{{r11},~{{memory}"(i64 1, i64 2, ptr @act.message, i64 {1})
  call void @llvm.trap()
  unreachable
}
declare void @llvm.trap()
)";

/// Writes a function that returns the index of the first version that the
/// processor can run, or their number.
static Function *emitChooser(Module &module, ArrayRef<CpuTarget> targets) {
  LLVMContext &context = module.getContext();
  auto *function =
      Function::Create(FunctionType::get(Type::getInt32Ty(context), false),
                       GlobalValue::InternalLinkage, "act.version", module);
  IRBuilder<> b(BasicBlock::Create(context, "", function));
  Value *words = b.CreateCall(module.getFunction("act.cpu"));
  Value *result = b.getInt32(targets.size());
  for (auto [index, target] : reverse(enumerate(targets))) {
    SmallVector<StringRef> features = getFeatures(target);
    uint32_t needed[NumWords] = {};
    for (const Feature &feature : kFeatures) {
      if (!is_contained(features, feature.name))
        continue;
      needed[feature.word] |= 1u << feature.bit;
      needed[Xcr0] |= feature.state;
    }
    Value *fits = b.getTrue();
    for (unsigned word = 0; word != NumWords; ++word) {
      if (needed[word] == 0)
        continue;
      Value *mask = b.getInt32(needed[word]);
      Value *found = b.CreateAnd(b.CreateExtractValue(words, word), mask);
      fits = b.CreateAnd(fits, b.CreateICmpEQ(found, mask));
    }
    result = b.CreateSelect(fits, b.getInt32(index), result);
  }
  b.CreateRet(result);
  return function;
}

/// Binds `name` to one of `versions`, by what `chooser` returns.
static void emitDispatch(StringRef name, ArrayRef<Function *> versions,
                         Function *chooser) {
  Module &module = *chooser->getParent();
  LLVMContext &context = module.getContext();
  auto *resolver = Function::Create(
      FunctionType::get(PointerType::get(context, 0), false),
      GlobalValue::InternalLinkage, name + ".resolver", module);
  IRBuilder<> b(BasicBlock::Create(context, "", resolver));
  Value *chosen = b.CreateCall(chooser);
  Value *result = module.getFunction("act.none");
  for (auto [index, version] : reverse(enumerate(versions)))
    result = b.CreateSelect(b.CreateICmpEQ(chosen, b.getInt32(index)), version,
                            result);
  b.CreateRet(result);
  Function *first = versions.front();
  GlobalIFunc::create(first->getFunctionType(), 0, GlobalValue::ExternalLinkage,
                      name, resolver, &module);
}

/// Gives the definitions of a version names of its own, and keeps them from
/// instructions that nobody checks. Of variables there is one for all.
static void prepareVersion(CpuVersion &version, bool isFirst,
                           const StringSet<> &functions) {
  std::string without;
  for (StringRef feature : getFeatures(version.target))
    if (!isBaseline(feature) && none_of(kFeatures, [&](const Feature &known) {
          return known.name == feature;
        }))
      without += ",-" + feature.str();
  for (Function &function : *version.module) {
    if (function.isDeclaration())
      continue;
    std::string features =
        function.getFnAttribute("target-features").getValueAsString().str() +
        without;
    function.addFnAttr("target-features", StringRef(features).ltrim(',').str());
    if (functions.contains(function.getName()))
      function.setName(function.getName() + "." + version.target.cpu);
  }
  for (GlobalVariable &variable : version.module->globals())
    if (!isFirst && !variable.hasLocalLinkage())
      variable.setInitializer(nullptr);
}

Expected<std::unique_ptr<Module>>
mlir::act::mergeVersions(SmallVector<CpuVersion> versions) {
  SmallVector<CpuTarget> targets;
  SmallVector<std::string> names, cpus;
  StringSet<> functions;
  for (const Function &function : *versions.front().module)
    if (!function.isDeclaration() && !function.hasLocalLinkage()) {
      names.push_back(function.getName().str());
      functions.insert(function.getName());
    }
  for (const auto &[index, version] : enumerate(versions)) {
    targets.push_back(version.target);
    cpus.push_back(version.target.cpu);
  }

  LLVMContext &context = versions.front().module->getContext();
  std::string message = "act: this processor is none of those that the code "
                        "was compiled for: " +
                        join(cpus, ", ");
  std::string text =
      kProbe.str() +
      formatv(kNone.data(), message + "\\0A", message.size() + 1).str();
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> merged =
      parseAssemblyString(text, diagnostic, context);
  if (!merged)
    return createStringError(diagnostic.getMessage());
  merged->setModuleIdentifier(versions.front().module->getModuleIdentifier());
  merged->setTargetTriple(versions.front().module->getTargetTriple());
  merged->setDataLayout(versions.front().module->getDataLayout());

  for (auto [index, version] : enumerate(versions)) {
    prepareVersion(version, index == 0, functions);
    if (Linker::linkModules(*merged, std::move(version.module)))
      return createStringError("versions cannot be put into one module");
  }
  Function *chooser = emitChooser(*merged, targets);
  for (const std::string &name : names) {
    SmallVector<Function *> found;
    for (const CpuTarget &target : targets) {
      found.push_back(merged->getFunction(name + "." + target.cpu));
      found.back()->setLinkage(GlobalValue::InternalLinkage);
    }
    emitDispatch(name, found, chooser);
  }
  return merged;
}
