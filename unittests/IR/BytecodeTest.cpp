//===- BytecodeTest.cpp - versions of the dialect in bytecode -------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Bytecode.h"
#include "act/IR/Act.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::act;

namespace {
class Bytecode : public testing::Test {
protected:
  Bytecode() {
    context.loadDialect<ActDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>(R"mlir(
      func.func @f(%x: f32) -> f32 {
        %0 = act.gelu %x approximate<tanh> : f32
        return %0 : f32
      })mlir",
                                         &context);
  }

  /// The module as bytecode, in the given version or in this library's.
  std::string write(std::optional<ActVersion> version = std::nullopt) {
    BytecodeWriterConfig config;
    if (version)
      config.setDialectVersion<ActDialect>(
          std::make_unique<ActVersion>(*version));
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    EXPECT_TRUE(succeeded(writeBytecodeToFile(*module, os, config)));
    return bytes;
  }

  /// Reads bytecode in a context of its own, where `upgrade` renames.
  OwningOpRef<ModuleOp> read(StringRef bytes) {
    MLIRContext::Threading threading = MLIRContext::Threading::DISABLED;
    reader = std::make_unique<MLIRContext>(threading);
    reader->loadDialect<ActDialect, func::FuncDialect>();
    interface = const_cast<ActBytecodeInterface *>(
        static_cast<const ActBytecodeInterface *>(
            reader->getLoadedDialect<ActDialect>()
                ->getRegisteredInterface<BytecodeDialectInterface>()));
    for (ActVersion version : {ActVersion(0, 9), ActVersion::current()})
      interface->addUpgrade(version, [this, version](Operation *top) {
        upgraded.push_back(version);
        return success(isa<ModuleOp>(top) && !refuse);
      });
    ScopedDiagnosticHandler handler(reader.get(), [&](Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
      return success();
    });
    return parseSourceString<ModuleOp>(bytes, reader.get());
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<MLIRContext> reader;
  ActBytecodeInterface *interface = nullptr;
  std::vector<ActVersion> upgraded;
  std::string errors;
  bool refuse = false;
};
} // namespace

TEST_F(Bytecode, CurrentFilesAreReadAsTheyAre) {
  OwningOpRef<ModuleOp> again = read(write());
  ASSERT_TRUE(again) << errors;
  EXPECT_TRUE(upgraded.empty());
  GeluOp gelu;
  again->walk([&](GeluOp op) { gelu = op; });
  ASSERT_TRUE(gelu);
  EXPECT_EQ(gelu.getApproximate(), GeluForm::Tanh);
}

TEST_F(Bytecode, OldFilesAreUpgradedStepByStep) {
  EXPECT_TRUE(read(write(ActVersion(0, 1)))) << errors;
  EXPECT_EQ(upgraded, std::vector({ActVersion(0, 9), ActVersion::current()}));
  upgraded.clear();
  EXPECT_TRUE(read(write(ActVersion(0, 9)))) << errors;
  EXPECT_EQ(upgraded, std::vector({ActVersion::current()}));
}

TEST_F(Bytecode, AnUpgradeMayFail) {
  refuse = true;
  EXPECT_FALSE(read(write(ActVersion(0, 1))));
  EXPECT_EQ(upgraded.size(), 1u);
}

TEST_F(Bytecode, NewerFilesAreRefused) {
  ActVersion current = ActVersion::current();
  for (ActVersion newer : {ActVersion(current.major, current.minor + 1),
                           ActVersion(current.major + 1)}) {
    errors.clear();
    EXPECT_FALSE(read(write(newer)));
    EXPECT_NE(errors.find("version " + std::to_string(newer.major) + "." +
                          std::to_string(newer.minor) +
                          " of the act dialect is newer than this library's"),
              std::string::npos)
        << errors;
  }
}
