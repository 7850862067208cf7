//===- Entry.cpp - what the table says about an op ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Entry.h"
#include "act/IR/Act.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::act;

llvm::json::Array act::getEntries(MLIRContext &context) {
  std::vector<llvm::json::Object> entries;
  for (RegisteredOperationName name : context.getRegisteredOperations()) {
    auto *op = name.getInterface<EntryOpInterface>();
    if (!op)
      continue;
    llvm::json::Value entry =
        llvm::cantFail(llvm::json::parse(op->getEntryAsJson()));
    entries.push_back(std::move(*entry.getAsObject()));
    entries.back()["text"] = toPlainText(*entries.back().getString("formula"));
  }
  auto key = [](const llvm::json::Object &entry) {
    return std::pair(*entry.getString("shape"), *entry.getString("name"));
  };
  llvm::sort(entries, [&](auto &a, auto &b) { return key(a) < key(b); });
  llvm::json::Array array;
  for (llvm::json::Object &entry : entries)
    array.push_back(std::move(entry));
  return array;
}

//===----------------------------------------------------------------------===//
// Plain text
//===----------------------------------------------------------------------===//

/// The argument of a command at the start of `rest`: a group, a command or one
/// character.
static StringRef takeArgument(StringRef &rest) {
  rest = rest.ltrim();
  if (rest.starts_with("\\")) {
    StringRef name = rest.drop_front().take_while(llvm::isAlpha);
    StringRef argument = rest.take_front(name.size() + 1);
    rest = rest.drop_front(argument.size());
    return argument;
  }
  if (!rest.consume_front("{")) {
    StringRef argument = rest.take_front(1);
    rest = rest.drop_front(argument.size());
    return argument;
  }
  size_t end = 0;
  for (unsigned depth = 1; end < rest.size(); ++end) {
    depth += rest[end] == '{';
    if (rest[end] == '}' && --depth == 0)
      break;
  }
  StringRef argument = rest.take_front(end);
  rest = rest.drop_front(std::min(end + 1, rest.size()));
  return argument;
}

static std::string inParentheses(std::string text) {
  bool isAtom = llvm::all_of(
      text, [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
  return isAtom ? text : "(" + text + ")";
}

std::string act::toPlainText(StringRef rest) {
  std::string text;
  while (!rest.empty()) {
    if (!rest.consume_front("\\")) {
      if (rest.front() == '{') {
        text += toPlainText(takeArgument(rest));
        continue;
      }
      char c = rest.front();
      rest = rest.drop_front();
      // Powers and indices of more than one thing.
      if ((c == '^' || c == '_') && rest.starts_with("{")) {
        text += c + inParentheses(toPlainText(takeArgument(rest)));
        continue;
      }
      if (!llvm::isSpace(c))
        text += c;
      else if (!text.empty() && text.back() != ' ')
        text += ' ';
      continue;
    }
    StringRef word = rest.take_while(llvm::isAlpha);
    if (word.empty()) {
      // \, \; and the like are spaces.
      rest = rest.drop_front(std::min<size_t>(1, rest.size()));
      if (!text.empty() && text.back() != ' ')
        text += ' ';
      continue;
    }
    rest = rest.drop_front(word.size());
    // A name begins where the last one ends.
    if (!text.empty() && (llvm::isAlnum(text.back()) || text.back() == ')'))
      text += ' ';
    if (word == "frac" || word == "tfrac") {
      std::string top = toPlainText(takeArgument(rest));
      std::string bottom = toPlainText(takeArgument(rest));
      text += inParentheses(top) + "/" + inParentheses(bottom) + " ";
    } else if (word == "sqrt") {
      text += "sqrt(" + toPlainText(takeArgument(rest)) + ")";
    } else if (word == "mathrm" || word == "bar") {
      text += toPlainText(takeArgument(rest));
      if (word == "bar")
        text += '\'';
    } else if (word == "le" || word == "ge" || word == "ne") {
      text += word == "le" ? "<=" : word == "ge" ? ">=" : "!=";
    } else if (word == "quad" || word == "qquad") {
      text += ' ';
    } else {
      text += word;
      // A name ends where the next begins.
      rest = rest.ltrim();
      if (!rest.empty() && llvm::isAlnum(rest.front()))
        text += ' ';
    }
  }
  return StringRef(text).trim().str();
}

/// The strings of an array, or the members `key` of its objects, in one line.
static std::string join(const llvm::json::Array &array, StringRef key = "") {
  std::vector<std::string> texts;
  for (const llvm::json::Value &value : array) {
    const llvm::json::Object *object = value.getAsObject();
    texts.push_back(
        (object ? *object->getString(key) : *value.getAsString()).str());
    if (!object)
      continue;
    if (StringRef given = *object->getString("default"); !given.empty())
      texts.back() += " = " + given.str();
  }
  return llvm::join(texts, ", ");
}

void act::printEntries(llvm::raw_ostream &os,
                       const llvm::json::Array &entries) {
  using Row = std::array<std::string, 4>;
  const Row titles{"name", "formula", "parameters", "also known as"};
  std::vector<Row> rows{titles};
  for (const llvm::json::Value &value : entries) {
    const llvm::json::Object &entry = *value.getAsObject();
    rows.push_back({entry.getString("name")->str(),
                    entry.getString("text")->str(),
                    join(*entry.getArray("parameters"), "name"),
                    join(*entry.getArray("aliases"))});
  }
  std::array<size_t, 4> widths{};
  for (const Row &row : rows)
    for (size_t column = 0; column < widths.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  auto print = [&](const Row &row) {
    std::string line;
    for (size_t column = 0; column < widths.size(); ++column) {
      line += row[column];
      line.append(widths[column] - row[column].size() + 2, ' ');
    }
    os << StringRef(line).rtrim() << '\n';
  };
  StringRef shape;
  for (auto [row, value] :
       llvm::zip_equal(ArrayRef(rows).drop_front(), entries)) {
    StringRef next = *value.getAsObject()->getString("shape");
    if (next != shape) {
      os << (shape.empty() ? "" : "\n") << "# " << next << '\n';
      print(titles);
    }
    shape = next;
    print(row);
  }
}
