//===- Jit.cpp - compiled functions, called from C++ ----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Jit.h"
#include "act/Support/Optimize.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::act;

Jit::~Jit() = default;

llvm::Expected<std::unique_ptr<Jit>> Jit::create(ModuleOp module,
                                                 const CpuTarget &target,
                                                 unsigned optLevel,
                                                 ArrayRef<StringRef> libraries) {
  std::unique_ptr<Jit> jit(new Jit());
  auto optimizerMachine = createTargetMachine(target, optLevel);
  if (!optimizerMachine)
    return optimizerMachine.takeError();
  auto codegenMachine = createTargetMachine(target, optLevel);
  if (!codegenMachine)
    return codegenMachine.takeError();
  jit->optimizerMachine = std::move(*optimizerMachine);
  jit->optimize = [machine = jit->optimizerMachine.get(),
                   optLevel](llvm::Module *module) {
    return optimizeModule(*module, *machine, optLevel);
  };
  ExecutionEngineOptions options;
  options.transformer = jit->optimize;
  options.sharedLibPaths = libraries;
  options.enableGDBNotificationListener = false;
  options.enablePerfNotificationListener = false;
  auto engine =
      ExecutionEngine::create(module, options, std::move(*codegenMachine));
  if (!engine)
    return engine.takeError();
  jit->engine = std::move(*engine);
  return jit;
}

void Jit::define(llvm::StringRef name, void *address) {
  engine->registerSymbols([&](llvm::orc::MangleAndInterner interner) {
    llvm::orc::SymbolMap symbols;
    symbols[interner(name)] = {llvm::orc::ExecutorAddr::fromPtr(address),
                               llvm::JITSymbolFlags::Exported};
    return symbols;
  });
}

llvm::Expected<Jit::Function> Jit::lookup(llvm::StringRef name) const {
  return engine->lookupPacked(("_mlir_ciface_" + name).str());
}
