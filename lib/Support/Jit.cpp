//===- Jit.cpp - compiled functions, called from C++ ----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Jit.h"
#include "act/Support/Optimize.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::act;

Jit::~Jit() = default;

/// Where the elements of a large constant are, if they lie as in memory.
static ArrayRef<char> getLargeData(LLVM::GlobalOp global) {
  constexpr size_t kLarge = 1 << 16;
  Attribute value = global.getValueOrNull();
  ArrayRef<char> data;
  if (auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(value)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      data = blob->getData();
  } else if (auto dense = dyn_cast_or_null<DenseElementsAttr>(value);
             dense && !dense.isSplat() &&
             !dense.getElementType().isInteger(1)) {
    data = dense.getRawData();
  }
  return data.size() < kLarge ? ArrayRef<char>() : data;
}

/// Takes the contents of large constants out of `module`: code that runs in
/// this process can read them where they are.
static SmallVector<std::pair<std::string, void *>>
takeLargeConstants(ModuleOp module) {
  SmallVector<std::pair<std::string, void *>> constants;
  unsigned number = 0;
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    ArrayRef<char> data = getLargeData(global);
    if (!global.getConstant() || data.empty())
      continue;
    std::string name;
    do
      name = ("act.constant." + llvm::Twine(number++)).str();
    while (module.lookupSymbol(name));
    constants.emplace_back(name, const_cast<char *>(data.data()));
    (void)SymbolTable::replaceAllSymbolUses(
        global, StringAttr::get(module.getContext(), name), module);
    global.setName(name);
    global.removeValueAttr();
    global.setLinkage(LLVM::Linkage::External);
    global.setDsoLocal(false);
    // That of the contents, which nobody aligned.
    auto address = reinterpret_cast<uintptr_t>(data.data());
    global.setAlignment(std::min<uintptr_t>(64, address & -address));
  }
  return constants;
}

llvm::Expected<std::unique_ptr<Jit>>
Jit::create(ModuleOp module, const CpuTarget &target, unsigned optLevel,
            ArrayRef<StringRef> libraries) {
  std::unique_ptr<Jit> jit(new Jit());
  auto constants = takeLargeConstants(module);
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
  for (const auto &[name, address] : constants)
    jit->define(name, address);
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
